package dev.freshet.relay.internal;

import dev.freshet.capture.Harm;
import dev.freshet.capture.LogEvent;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes note of what has happened to streams' tables past their rows' messages. Belongs to the relay's thread. */
final class Harms {
    private final LedgerState ledger;
    private final Snapshotter snapshotter;
    private final List<LogEvent.Broken> inside = new ArrayList<>();
    /** Why the tables have to be captured anew once the ledger says so; null if they have not. */
    private @Nullable String captureAnew;

    Harms(LedgerState ledger, Snapshotter snapshotter) {
        this.ledger = ledger;
        this.snapshotter = snapshotter;
    }

    /** Takes note of one inside a transaction. */
    void add(LogEvent.Broken broken) {
        inside.add(broken);
    }

    /** Tells those of a transaction in the entry whose boundary first covers it: what is before it is still whole. */
    void committed() {
        inside.forEach(b -> tell(b.stream(), b.position(), b.harm(), b.reason()));
        inside.clear();
    }

    /** Has the stream's rows read anew, or breaks it where that cannot help. */
    void tell(String stream, Position at, Harm harm, String reason) {
        snapshotter.abandon(stream);
        if (harm.isMendedByReading()) {
            ledger.readAnew(stream, at, reason);
            if (harm == Harm.CAPTURE) {
                captureAnew = reason;
            }
        } else {
            ledger.breakAndWarn(stream, at, harm, reason);
        }
    }

    /** Ends the session once the ledger says what has happened, if the tables have to be captured anew. */
    void requireCaptured() {
        if (captureAnew != null) {
            throw new RetriableException(
                    captureAnew + ". The relay takes over anew, to capture the table as it is now");
        }
    }
}
