package dev.freshet.capture.polling;

import dev.freshet.capture.CaptureProblem;
import dev.freshet.capture.CapturedStream;
import dev.freshet.capture.ChangeLog;
import dev.freshet.capture.FreshnessSample;
import dev.freshet.capture.LogEvent;
import dev.freshet.capture.OutboxCleaner;
import dev.freshet.capture.OutboxReader;
import dev.freshet.capture.SlotState;
import dev.freshet.capture.SnapshotReader;
import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.capture.internal.EventQueue;
import dev.freshet.capture.internal.Session;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.LossException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.event.OutboxColumn;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.ServerSeen;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.TimelineRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An outbox table as a source: its log is the table's rows in the order of the numbers that the relay gives them. A number is the
 * LSN of a position; a boundary is the next number. Belongs to one thread; an open log has one of its own.
 */
public final class PollingSource implements Source {
    private static final int TIMELINE = 1;

    private final PollingSettings settings;
    private final PolledDatabase database;
    private final Progress progress;
    private final Numbers numbers;
    private final Rows rows;
    private final Session session;

    private PollingSource(PollingSettings settings, PolledDatabase database, Progress progress) {
        this.settings = settings;
        this.database = database;
        this.progress = progress;
        this.numbers = new Numbers(settings);
        this.rows = new Rows(database);
        this.session = new Session(database::open, database::failed);
    }

    /**
     * Returns what opens sources for one relay. They know of each other: a sample tells what the open log of another one has seen.
     * Nothing is connected before the first question; any thread may open one.
     *
     * @param settings what is polled
     * @param database how the database does it
     */
    public static Supplier<Source> of(PollingSettings settings, PolledDatabase database) {
        Progress progress = new Progress();
        return () -> new PollingSource(settings, database, progress);
    }

    private String named() {
        return "Source '" + settings.source() + "': ";
    }

    @Override
    public SourceIdentity identify() {
        return session.ask(
                "the source's identity could not be read (freshet_outbox_relay, which the migration makes)",
                c -> new SourceIdentity(
                        settings.source(),
                        database.type(),
                        numbers.identity(c),
                        TIMELINE,
                        settings.schema(),
                        settings.slot()));
    }

    @Override
    public long flushedLsn() {
        return session.ask(
                "the next number could not be read", c -> numbers.read(c).next());
    }

    @Override
    public List<TimelineRecord> timelines() {
        return List.of();
    }

    @Override
    public Optional<SlotState> slot() {
        return session.ask("the slot could not be looked at", c -> {
            State state = numbers.read(c);
            String slot = state.slot();
            if (slot == null) {
                return Optional.empty();
            }
            if (!slot.equals(settings.slot())) {
                throw new ConfigurationException(named() + "the outbox table '" + settings.table()
                        + "' is polled under the slot '" + slot + "', and not under '" + settings.slot()
                        + "'. Set sources." + settings.source() + ".slot to that name, or have 'freshet remove source'"
                        + " take it away where it is configured: a table has one relay");
            }
            return Optional.of(new SlotState(
                    slot,
                    "polling",
                    settings.schema(),
                    state.confirmed(),
                    state.confirmed(),
                    database.lockHolder(c).orElse(null),
                    setBack(c, state),
                    0));
        });
    }

    /** Rows that begin again below what was looked at would be passed over. */
    private @Nullable String setBack(Connection c, State state) throws SQLException {
        long last = database.lastSeq(c);
        return last < state.high()
                ? "the seq of " + settings.table() + " counts from " + last + " again, and rows up to " + state.high()
                        + " are done: the table was truncated, or its counter was set back"
                : null;
    }

    @Override
    public long createSlot() {
        return session.ask("the slot could not be made", numbers::begin);
    }

    @Override
    public void dropSlot() {
        session.ask("the slot could not be dropped", c -> {
            String slot = numbers.read(c).slot();
            if (slot != null && !slot.equals(settings.slot())) {
                throw new ConfigurationException(named() + "the slot '" + slot + "' of '" + settings.table()
                        + "' is another one's; it was left");
            }
            Optional<Integer> holder = database.lockHolder(c);
            if (holder.isPresent()) {
                database.terminate(c, holder.get());
            }
            numbers.end(c);
            return true;
        });
    }

    @Override
    public void terminateReader(int pid) {
        session.ask("the session that polls could not be ended", c -> {
            if (database.lockHolder(c).filter(holder -> holder == pid).isPresent()) {
                database.terminate(c, pid);
            }
            return pid;
        });
    }

    @Override
    public List<CapturedStream> capture(List<TableCapture> tables) {
        List<CaptureProblem> problems = check(tables);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(
                    problems.stream().map(CaptureProblem::sentence).collect(Collectors.joining("\n")));
        }
        return tables.stream().map(PollingSource::captured).toList();
    }

    /** Nobody reads it: rows are events of other streams. */
    private static CapturedStream captured(TableCapture outbox) {
        SchemaRecord schema = new SchemaRecord(
                outbox.stream(),
                OutboxColumn.names().stream()
                        .map(name -> new Column(name, "text", true, true))
                        .toList(),
                List.of(OutboxColumn.ID.text()));
        return new CapturedStream(outbox, schema, "");
    }

    @Override
    public List<CaptureProblem> check(List<TableCapture> tables) {
        return session.ask(
                "the outbox table could not be checked",
                c -> new PollingChecks(settings, database, numbers, rows).problems(c, tables));
    }

    @Override
    public ChangeLog open(
            ServerSeen server,
            long startLsn,
            int epoch,
            List<CapturedStream> streams,
            @Nullable Map<String, String> options) {
        Connection connection = null;
        try {
            connection = database.open();
            ChangeLog log = open(connection, server, startLsn, epoch);
            connection = null;
            return log;
        } catch (SQLException e) {
            throw database.failed("the log could not be opened", e);
        } finally {
            Session.closeQuietly(connection);
        }
    }

    private ChangeLog open(Connection c, ServerSeen server, long start, int epoch) throws SQLException {
        if (!database.lock(c)) {
            throw new RetriableException(named() + "the outbox table '" + settings.table()
                    + "' is polled by another relay (session "
                    + database.lockHolder(c).map(String::valueOf).orElse("unknown") + ")");
        }
        database.lease(c);
        State state = numbers.read(c);
        if (state.slot() == null) {
            throw new LossException("The slot '" + settings.slot() + "' is gone");
        }
        String back = setBack(c, state);
        if (back != null) {
            throw new LossException("The slot '" + settings.slot() + "' is not usable any more (" + back + ")");
        }
        if (!server.isStill(new ServerSeen(numbers.identity(c), TIMELINE, state.next())) || state.next() < start) {
            throw new RetriableException(named() + "the database is another one than a moment ago, or was set back: "
                    + "its next number is " + state.next() + ", after it was " + Math.max(start, server.flushedLsn())
                    + "; Freshet looks at it anew");
        }
        progress.clear();
        Pace pace = new Pace(settings.pollInterval(), database.sleep(c).orElse(null));
        EventQueue<LogEvent> queue = new EventQueue<>(settings.readAheadBytes());
        Numbering numbering = Numbering.resume(settings, database, numbers, rows, progress, state, c);
        Poller poller = new Poller(settings, database, c, numbers, rows, numbering, pace, epoch, start, state, queue);
        poller.start();
        return new PollingLog(poller, queue);
    }

    @Override
    public Optional<OutboxReader> outbox(TableCapture outbox) {
        return Optional.empty();
    }

    @Override
    public OutboxCleaner outboxCleaner(TableCapture outbox) {
        return new PollingOutbox(database, numbers, progress);
    }

    @Override
    public SnapshotReader snapshots() {
        return new NoTables();
    }

    @Override
    public FreshnessSample sample(Map<String, String> known) {
        Progress.Passed passed = progress.last().orElse(null);
        return passed == null
                ? new FreshnessSample(Instant.EPOCH, flushedLsn(), Map.of())
                : new FreshnessSample(Instant.EPOCH.plus(passed.began(), ChronoUnit.MICROS), passed.next(), Map.of());
    }

    @Override
    public boolean canCompare(String catalog) {
        return catalog.isEmpty();
    }

    @Override
    public void heartbeat() {
        // nothing waits for it
    }

    @Override
    public void remove() {
        dropSlot();
    }

    @Override
    public void close() {
        session.close();
    }
}
