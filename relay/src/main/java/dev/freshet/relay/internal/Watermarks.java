package dev.freshet.relay.internal;

import dev.freshet.capture.SnapshotReader;
import java.util.HashSet;
import java.util.Set;

/**
 * The watermarks of one incarnation, of which only the last one set is waited for. Belongs to the relay's thread.
 *
 * <p>One that arrives in the log tells also of the re-snapshots that had begun when it was set: the ends of their topics can
 * be taken at the next boundary.
 */
final class Watermarks {
    private final SnapshotReader reader;
    private final LedgerState ledger;
    private final String incarnation;
    private final Set<String> awaitingEnds = new HashSet<>();
    private int number;

    Watermarks(SnapshotReader reader, LedgerState ledger, String incarnation) {
        this.reader = reader;
        this.ledger = ledger;
        this.incarnation = incarnation;
    }

    /** Commits the next one at the source. */
    void set() {
        awaitingEnds.clear();
        awaitingEnds.addAll(ledger.awaitingEnds());
        number++;
        reader.mark(text());
    }

    private String text() {
        return incarnation + '/' + number;
    }

    /** Takes note of a watermark in the log; returns whether it is the last one set here. */
    boolean arrived(String text) {
        if (!text.equals(text())) {
            return false;
        }
        ledger.endsDue(awaitingEnds);
        return true;
    }

    /** Leaves a stream out whose rows have changed again since the last watermark was set. */
    void forget(String stream) {
        awaitingEnds.remove(stream);
    }
}
