package dev.freshet.relay.internal;

import dev.freshet.model.EventRecord;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.ParkedEvents;
import dev.freshet.relay.EventSettings;
import dev.freshet.relay.FailedKeys;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which keys wait since one of their events became a dead letter, so that what comes after it does not overtake it. It stands in
 * the ledger, and is written in the Kafka transaction of the letter or before it; what the log gives again after a crash counts
 * once. Belongs to the relay's thread.
 */
final class Parking {
    private final EventSettings settings;
    private final LedgerState ledger;
    private final Map<String, ParkedEvents> parked;

    /**
     * Creates it.
     *
     * @param parked what the ledger says, by its keys
     */
    Parking(EventSettings settings, LedgerState ledger, Map<String, ParkedEvents> parked) {
        this.settings = settings;
        this.ledger = ledger;
        this.parked = new HashMap<>(parked);
    }

    /** Returns whether an event has to wait behind another. */
    boolean holds(EventRecord record) {
        String key = record.event().key();
        return !parked.isEmpty()
                && (parked.containsKey(LedgerKey.parked(record.stream()))
                        || (key != null && parked.containsKey(LedgerKey.parked(record.stream(), key))));
    }

    /**
     * Has an event's key wait behind it, or counts one more that waits.
     *
     * @param wholeStream whether no event of its stream can be sent
     * @throws ParkingFullException if too much waits already
     */
    void park(EventRecord record, boolean wholeStream) {
        String key = record.event().key();
        if (settings.failedKeys() != FailedKeys.PARK || (key == null && !wholeStream)) {
            return;
        }
        String stream = LedgerKey.parked(record.stream());
        String at = wholeStream || key == null || parked.containsKey(stream)
                ? stream
                : LedgerKey.parked(record.stream(), key);
        ParkedEvents before = parked.get(at);
        if (before != null && !record.position().isAfter(before.last())) {
            return;
        }
        if (before == null && parked.size() >= settings.mostKeys()) {
            throw new ParkingFullException("The " + record + " would be parked, but " + parked.size()
                    + " keys are already, the most that are allowed. " + wayOut());
        }
        if (before != null && !at.equals(stream) && before.letters() >= settings.mostLetters()) {
            throw new ParkingFullException("The " + record + " would wait behind " + before.letters()
                    + " dead letters of its key, the most that are allowed. " + wayOut());
        }
        ParkedEvents now = new ParkedEvents(before == null ? 1 : before.letters() + 1, record.position());
        parked.put(at, now);
        ledger.beside(at, LedgerCodec.encode(now));
    }

    private static String wayOut() {
        return "All of the source waits: deal with the letters (freshet dlq ls, redrive, discard), or raise the limit"
                + " (parked-keys-limit, parked-letters-limit of the source)";
    }

    /** Returns what waits, for a person; null if nothing does. */
    @Nullable
    String told() {
        if (parked.isEmpty()) {
            return null;
        }
        long letters = parked.values().stream().mapToLong(ParkedEvents::letters).sum();
        return letters + (letters == 1 ? " event waits" : " events wait") + " among the dead letters, of "
                + parked.size()
                + (parked.size() == 1 ? " key or stream" : " keys or streams")
                + " of which later ones wait behind; letters that hold nothing up are not counted here. See"
                + " `freshet dlq ls`, and redrive or discard them";
    }
}
