package dev.freshet.simulation;

import dev.freshet.model.EventRecord;
import dev.freshet.model.Op;
import dev.freshet.model.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One partition: records and markers, whose index is their offset. What compaction takes stays as a record that is gone, so
 * that the model knows what there was.
 */
final class SimLog {
    /** What becomes of a transaction. */
    enum Fate {
        OPEN,
        COMMITTED,
        ABORTED
    }

    /** A transaction of a producer. */
    static final class Txn {
        Fate fate = Fate.OPEN;
        /** What it wrote to: the first offset, and the one behind the last. */
        final Map<SimLog, long[]> touched = new HashMap<>();
    }

    /** A record, or a marker, which has neither a key nor an event. */
    static final class Rec {
        private final @Nullable String key;
        private final byte @Nullable [] value;
        private final Op op;
        private final Position position;
        private final String schema;
        private final Instant at;
        private final Txn txn;
        private final @Nullable EventRecord event;
        private @Nullable Instant horizon;
        private boolean gone;

        Rec(
                @Nullable String key,
                byte @Nullable [] value,
                Op op,
                Position position,
                String schema,
                Instant at,
                Txn txn) {
            this(key, value, op, position, schema, at, txn, null);
        }

        /** Creates the record of an event, or of a dead letter. */
        Rec(EventRecord event, Instant at, Txn txn) {
            this(event.event().key(), event.value(), Op.CREATE, event.position(), "", at, txn, event);
        }

        private Rec(
                @Nullable String key,
                byte @Nullable [] value,
                Op op,
                Position position,
                String schema,
                Instant at,
                Txn txn,
                @Nullable EventRecord event) {
            this.key = key;
            this.value = value;
            this.op = op;
            this.position = position;
            this.schema = schema;
            this.at = at;
            this.txn = txn;
            this.event = event;
        }

        /** Returns the event, if it is one's record. */
        @Nullable
        EventRecord event() {
            return event;
        }

        Txn txn() {
            return txn;
        }

        @Nullable
        String key() {
            return key;
        }

        byte @Nullable [] value() {
            return value;
        }

        Op op() {
            return op;
        }

        Position position() {
            return position;
        }

        String schema() {
            return schema;
        }

        Instant at() {
            return at;
        }

        /** Returns up to which offset of a log its transaction has written, or 0. */
        long writtenTo(SimLog log) {
            long[] range = txn.touched.get(log);
            return range == null ? 0 : range[1];
        }

        /** Returns whether it was committed, also if it is gone since. */
        boolean committed() {
            return (key != null || event != null) && txn.fate == Fate.COMMITTED;
        }

        /** Returns whether compaction has taken it. */
        boolean gone() {
            return gone;
        }
    }

    private final List<Rec> records = new ArrayList<>();

    List<Rec> records() {
        return records;
    }

    int size() {
        return records.size();
    }

    void append(Rec rec) {
        records.add(rec);
        int end = records.size();
        rec.txn.touched.computeIfAbsent(this, p -> new long[] {end - 1, end})[1] = end;
    }

    /** Writes the marker of a transaction that has ended. */
    void mark(Txn txn, Instant now) {
        records.add(new Rec(null, null, Op.UPDATE, Position.ZERO, "", now, txn));
    }

    /** Returns the last stable offset: where the first open transaction begins, or the end. */
    int stable() {
        for (int i = records.size() - 1, open = records.size(); ; i--) {
            if (i < 0 || records.get(i).txn.fate != Fate.OPEN) {
                // one transaction is open at a time, and nothing stands behind its first record that is older
                return open;
            }
            open = i;
        }
    }

    /**
     * Compacts what may be: of each key the last record stays, a tombstone until its time is over.
     *
     * @param lag how old a record must be
     * @param retention how long a tombstone stays once it was found to be the last
     */
    void compact(Instant now, Duration lag, Duration retention) {
        int end = 0;
        int stable = stable();
        Map<String, Rec> last = new HashMap<>();
        while (end < stable && !records.get(end).at().plus(lag).isAfter(now)) {
            Rec r = records.get(end++);
            if (r.committed() && !r.gone) {
                last.put(String.valueOf(r.key), r);
            }
        }
        for (Rec r : records.subList(0, end)) {
            if (r.key == null || r.gone) {
                continue;
            }
            if (!r.committed() || last.get(r.key) != r) {
                r.gone = true;
            } else if (r.value == null) {
                Instant horizon = r.horizon;
                if (horizon == null) {
                    r.horizon = now.plus(retention);
                } else if (!horizon.isAfter(now)) {
                    r.gone = true;
                }
            }
        }
    }
}
