package dev.freshet.simulation;

import dev.freshet.capture.CaptureProblem;
import dev.freshet.capture.CapturedStream;
import dev.freshet.capture.ChangeLog;
import dev.freshet.capture.FreshnessSample;
import dev.freshet.capture.Harm;
import dev.freshet.capture.LogEvent;
import dev.freshet.capture.OutboxCleaner;
import dev.freshet.capture.OutboxReader;
import dev.freshet.capture.SlotState;
import dev.freshet.capture.SnapshotReader;
import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.model.Change;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.EventRecord;
import dev.freshet.model.LossException;
import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.ServerSeen;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.TimelineRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The source's ports over a {@link SimDatabase}. */
final class SimSource implements Source {
    private static final Map<String, SchemaRecord> SCHEMAS = new ConcurrentHashMap<>();
    private static final Map<String, String> VERSIONS = new ConcurrentHashMap<>();

    private final SimDatabase db;
    private final InstantSource clock;
    private final Random random;
    private final Rules rules;
    private final Calls calls;
    private @Nullable Log log;
    private int run = -1;

    SimSource(SimDatabase db, InstantSource clock, Random random, Rules rules, Calls calls) {
        this.db = db;
        this.clock = clock;
        this.random = random;
        this.rules = rules;
        this.calls = calls;
    }

    static SchemaRecord schema(String stream) {
        return SCHEMAS.computeIfAbsent(
                stream,
                s -> new SchemaRecord(
                        s,
                        List.of(new Column("id", "integer", false, true), new Column("v", "text", true, true)),
                        List.of("id")));
    }

    /** Returns a schema's version; finding it takes a hash. */
    static String version(String stream) {
        return VERSIONS.computeIfAbsent(stream, s -> schema(s).version());
    }

    /** The process has ended, and its connections with it. */
    void cutOff() {
        if (log != null) {
            log.close();
        }
    }

    private void call() {
        if (calls.call() != Calls.Trouble.NONE) {
            throw new RetriableException("The connection to the source is lost");
        }
        ask();
    }

    /** Uses the connection, which is lost once the server has ended. */
    private void ask() {
        int before = run;
        run = db.run;
        if (before >= 0 && before != run) {
            throw new RetriableException("The connection to the source is lost: it was restarted");
        }
    }

    @Override
    public SourceIdentity identify() {
        call();
        return new SourceIdentity("shop", "postgresql", db.system, db.timeline, "shop", "freshet_shop");
    }

    @Override
    public long flushedLsn() {
        ask();
        return db.end;
    }

    @Override
    public List<TimelineRecord> timelines() {
        ask();
        return db.timelines;
    }

    @Override
    public Optional<SlotState> slot() {
        ask();
        return db.confirmed < 0 || db.slotDropped
                ? Optional.empty()
                : Optional.of(new SlotState(
                        "freshet_shop",
                        "pgoutput",
                        "shop",
                        db.confirmed,
                        db.confirmed,
                        db.reader == 0 ? null : db.reader,
                        null,
                        db.end - db.confirmed));
    }

    @Override
    public long createSlot() {
        call();
        if (db.confirmed >= 0 && !db.slotDropped) {
            throw new ConfigurationException("The slot is there already");
        }
        // it waits for all transactions that are open
        db.outbox.commitAll();
        db.makeSlot();
        return db.end;
    }

    @Override
    public void dropSlot() {
        call();
        db.dropSlot();
    }

    @Override
    public void terminateReader(int pid) {
        call();
        if (db.reader == pid) {
            db.reader = 0;
        }
    }

    @Override
    public List<CapturedStream> capture(List<TableCapture> tables) {
        ask();
        if (tables.stream().anyMatch(TableCapture::isOutbox)) {
            db.outbox.join();
        }
        return tables.stream()
                .map(t -> new CapturedStream(t, schema(t.stream()), db.catalog(t.stream())))
                .toList();
    }

    @Override
    public List<CaptureProblem> check(List<TableCapture> tables) {
        return List.of();
    }

    @Override
    public ChangeLog open(
            ServerSeen server,
            long startLsn,
            int epoch,
            List<CapturedStream> streams,
            @Nullable Map<String, String> options) {
        db.onOpen.run();
        // a connection of its own
        if (calls.call() != Calls.Trouble.NONE) {
            throw new RetriableException("The connection to the source is lost");
        }
        if (!server.isStill(new ServerSeen(db.system, db.timeline, db.end))) {
            throw new RetriableException("The server is another one");
        }
        if (db.confirmed < 0 || db.slotDropped || db.confirmed > startLsn) {
            throw new LossException("The slot is gone, or was moved on");
        }
        if (db.reader != 0) {
            throw new RetriableException("The slot is read by another process");
        }
        db.followed(epoch);
        Log opened = new Log(startLsn, epoch);
        log = opened;
        return opened;
    }

    @Override
    public Optional<OutboxReader> outbox(TableCapture outbox) {
        return Optional.of(new SimOutboxReader(db, rules, calls));
    }

    @Override
    public OutboxCleaner outboxCleaner(TableCapture outbox) {
        return new SimOutboxReader(db, rules, calls);
    }

    @Override
    public SnapshotReader snapshots() {
        return new SimSnapshots(db, random, rules, calls);
    }

    @Override
    public FreshnessSample sample(Map<String, String> known) {
        call();
        Instant now = clock.instant();
        long lsn = db.end;
        db.onSample.run();
        Map<String, FreshnessSample.Drift> drifts = new HashMap<>();
        known.forEach((stream, last) -> {
            String catalog = db.catalog(stream);
            if (!last.equals(catalog)) {
                Harm harm = catalog.endsWith(SimDatabase.ANEW) ? Harm.CAPTURE : Harm.ROWS;
                drifts.put(stream, new FreshnessSample.Drift(catalog, harm, "the table was changed"));
            }
        });
        return new FreshnessSample(now, lsn, drifts);
    }

    @Override
    public boolean canCompare(String catalog) {
        return catalog.startsWith(SimDatabase.CATALOG);
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
        private final int pid = db.startReader();
        private long readTo;

        Log(long start, int epoch) {
            this.readTo = start;
            this.epoch = epoch;
        }

        @Override
        public List<LogEvent> poll(Duration wait) {
            call();
            if (db.reader != pid) {
                throw new RetriableException("The connection to the source was ended");
            }
            if (ready.isEmpty()) {
                db.log().stream()
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

        private void decode(SimTx tx) {
            Instant at = Instant.ofEpochSecond(tx.lsn());
            ready.add(new LogEvent.Begun(tx.xid(), tx.lsn(), at));
            long ordinal = 0;
            for (SimItem item : tx.silent() ? List.<SimItem>of() : tx.items()) {
                SimEvent event = item.event();
                if (event != null && !event.isLogged()) {
                    continue;
                }
                Position p = new Position(epoch, tx.lsn(), ++ordinal, 0);
                if (item.truncates()) {
                    ready.add(new LogEvent.Broken(item.stream(), p, Harm.ROWS, "the table was truncated"));
                } else if (event != null) {
                    ready.add(decode(event, p, at));
                } else if (item.mark() != null) {
                    ready.add(new LogEvent.Marked(item.mark(), p, tx.xid()));
                } else {
                    String value = item.value();
                    Op op = value == null ? Op.DELETE : item.existed() ? Op.UPDATE : Op.CREATE;
                    byte[] row = value == null ? null : SimDatabase.row(item.key(), value);
                    ready.add(new LogEvent.Row(new Change(
                            item.stream(),
                            op,
                            p,
                            at,
                            SimDatabase.key(item.key()),
                            row,
                            version(item.stream()),
                            false)));
                }
            }
            ready.add(new LogEvent.Committed(tx.endLsn()));
            readTo = tx.endLsn();
        }

        /** Without the rule, a row looks like a message, which no snapshot shows. */
        private LogEvent decode(SimEvent event, Position p, Instant at) {
            return event.kind() == SimEvent.Kind.NONSENSE
                    ? new LogEvent.Unreadable(p, at, null, null, event.event().payload(), "it is nonsense")
                    : new LogEvent.Published(
                            new EventRecord(event.event(), p, at),
                            event.isRow() && rules.hold(Rules.Rule.PASS_OVER_SHOWN));
        }

        @Override
        public void confirm(long lsn) {
            if (db.reader == pid) {
                db.confirmed = Math.max(db.confirmed, lsn);
            }
        }

        @Override
        public Map<String, String> options() {
            return Map.of("proto_version", "1");
        }

        @Override
        public void close() {
            if (db.reader == pid) {
                db.reader = 0;
            }
        }
    }
}
