package dev.freshet.relay.sim;

import dev.freshet.capture.CapturedStream;
import dev.freshet.capture.ChangeLog;
import dev.freshet.capture.FreshnessSample;
import dev.freshet.capture.LogEvent;
import dev.freshet.capture.SlotState;
import dev.freshet.capture.SnapshotReader;
import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.capture.WindowRows;
import dev.freshet.model.Change;
import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.TimelineRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The source's ports over a {@link SimDatabase}. */
final class SimSource implements Source {
    static final String STREAM = "customers";
    static final SchemaRecord SCHEMA = new SchemaRecord(
            STREAM,
            List.of(new Column("id", "integer", false, true), new Column("v", "text", true, true)),
            List.of("id"));

    private final SimDatabase db;
    private final InstantSource clock;
    private final Random random;
    private final Rules rules;

    SimSource(SimDatabase db, InstantSource clock, Random random, Rules rules) {
        this.db = db;
        this.clock = clock;
        this.random = random;
        this.rules = rules;
    }

    /** Which rules of the protocol hold; each is switched off once to see that a test notices. */
    record Rules(boolean waitForVisibility) {}

    @Override
    public SourceIdentity identify() {
        return new SourceIdentity("shop", "postgresql", "7", 1, "shop", "freshet_shop");
    }

    @Override
    public long flushedLsn() {
        return db.end;
    }

    @Override
    public List<TimelineRecord> timelines() {
        return List.of();
    }

    @Override
    public Optional<SlotState> slot() {
        return db.confirmed < 0 || db.slotDropped
                ? Optional.empty()
                : Optional.of(new SlotState(
                        "freshet_shop",
                        "pgoutput",
                        "shop",
                        db.confirmed,
                        db.confirmed,
                        db.slotActive ? 1 : null,
                        null,
                        db.end - db.confirmed));
    }

    @Override
    public long createSlot() {
        db.confirmed = db.end;
        return db.end;
    }

    @Override
    public void terminateReader(int pid) {
        db.slotActive = false;
    }

    @Override
    public List<CapturedStream> capture(List<TableCapture> tables) {
        return List.of(new CapturedStream(tables.get(0), SCHEMA, "catalog"));
    }

    @Override
    public List<String> check(List<TableCapture> tables) {
        return List.of();
    }

    @Override
    public ChangeLog open(
            long startLsn, int epoch, List<CapturedStream> streams, @Nullable Map<String, String> options) {
        db.slotActive = true;
        return new Log(Math.max(startLsn, db.confirmed), epoch);
    }

    @Override
    public SnapshotReader snapshots() {
        return new Reader();
    }

    @Override
    public FreshnessSample sample(Map<String, String> known) {
        return new FreshnessSample(clock.instant(), db.end, Map.of());
    }

    @Override
    public void heartbeat() {}

    @Override
    public void remove() {}

    @Override
    public void close() {}

    private final class Log implements ChangeLog {
        private final int epoch;
        private final Deque<LogEvent> ready = new ArrayDeque<>();
        private long readTo;

        Log(long start, int epoch) {
            this.readTo = start;
            this.epoch = epoch;
        }

        @Override
        public List<LogEvent> poll(Duration wait) {
            if (ready.isEmpty()) {
                db.log.stream()
                        .filter(tx -> tx.lsn() >= readTo)
                        .limit(2)
                        .toList()
                        .forEach(this::decode);
            }
            List<LogEvent> some = new ArrayList<>();
            for (int n = 1 + random.nextInt(4); n > 0 && !ready.isEmpty(); n--) {
                some.add(ready.poll());
            }
            return some;
        }

        private void decode(SimDatabase.Tx tx) {
            Instant at = Instant.ofEpochSecond(tx.lsn());
            ready.add(new LogEvent.Begun(tx.xid(), tx.lsn(), at));
            long ordinal = 0;
            for (SimDatabase.Item item : tx.items()) {
                Position p = new Position(epoch, tx.lsn(), ++ordinal, 0);
                if (item.equals(SimDatabase.TRUNCATE)) {
                    ready.add(new LogEvent.Broken(STREAM, p, "the table was truncated"));
                } else if (item.mark() != null) {
                    ready.add(new LogEvent.Marked(item.mark(), p, tx.xid()));
                } else {
                    String value = item.value();
                    Op op = value == null ? Op.DELETE : item.existed() ? Op.UPDATE : Op.CREATE;
                    byte[] row = value == null ? null : SimDatabase.row(item.key(), value);
                    ready.add(new LogEvent.Row(
                            new Change(STREAM, op, p, at, SimDatabase.key(item.key()), row, SCHEMA.version(), false)));
                }
            }
            ready.add(new LogEvent.Committed(tx.endLsn()));
            readTo = tx.endLsn();
        }

        @Override
        public void confirm(long lsn) {
            db.confirmed = Math.max(db.confirmed, lsn);
        }

        @Override
        public Map<String, String> options() {
            return Map.of("proto_version", "1");
        }

        @Override
        public void close() {
            db.slotActive = false;
        }
    }

    private final class Reader implements SnapshotReader {
        private @Nullable WindowRows window;

        @Override
        public long allotTransactionId() {
            return db.nextXid++;
        }

        @Override
        public boolean allEndedBelow(long xid) {
            return !rules.waitForVisibility() || db.invisible.stream().allMatch(x -> x > xid);
        }

        @Override
        public Set<Long> invisible(Collection<Long> xids) {
            Set<Long> not = new HashSet<>(xids);
            not.retainAll(db.invisible);
            return rules.waitForVisibility() ? not : Set.of();
        }

        @Override
        public void mark(String text) {
            db.mark(text);
        }

        @Override
        public long estimateRows(String stream) {
            return db.table.size();
        }

        @Override
        public void startWindow(String stream, String resume) {
            int from = resume.isEmpty() ? -1 : Integer.parseInt(resume);
            List<WindowRows.Row> rows = new ArrayList<>();
            int last = from;
            for (Map.Entry<Integer, String> e : new TreeMap<>(db.visible()).entrySet()) {
                if (e.getKey() > from && rows.size() < 5) {
                    rows.add(
                            new WindowRows.Row(SimDatabase.key(e.getKey()), SimDatabase.row(e.getKey(), e.getValue())));
                    last = e.getKey();
                }
            }
            boolean end = rows.size() < 5;
            window = new WindowRows(stream, SCHEMA, rows, Integer.toString(last), end);
        }

        @Override
        public Optional<WindowRows> pollWindow() {
            return random.nextInt(3) == 0 ? Optional.ofNullable(window) : Optional.empty();
        }

        @Override
        public void cancelWindow() {
            window = null;
        }

        @Override
        public void close() {}
    }
}
