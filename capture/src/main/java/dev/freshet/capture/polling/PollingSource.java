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
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.LossException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.event.OutboxColumn;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.ServerSeen;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.TimelineRecord;
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
    private final PolledStore store;
    private final PollingRuntime runtime;
    private final Progress progress;
    private final PolledQuestions questions;

    private PollingSource(PollingSettings settings, PolledStore store, PollingRuntime runtime, Progress progress) {
        this.settings = settings;
        this.store = store;
        this.runtime = runtime;
        this.progress = progress;
        this.questions = new PolledQuestions(store);
    }

    /**
     * Returns what opens sources for one relay. They know of each other: a sample tells what the open log of another one has seen.
     * Nothing is connected before the first question; any thread may open one.
     *
     * @param settings what is polled
     * @param database how the database does it
     */
    public static Supplier<Source> of(PollingSettings settings, PolledDatabase database) {
        return over(settings, new SqlPolledStore(settings, database), PollerThread.runtime(settings));
    }

    /**
     * Returns the same over a database without SQL.
     *
     * @param settings what is polled
     * @param store the database
     * @param runtime lets the pollers of their logs work
     */
    public static Supplier<Source> over(PollingSettings settings, PolledStore store, PollingRuntime runtime) {
        Progress progress = new Progress();
        return () -> new PollingSource(settings, store, runtime, progress);
    }

    private String named() {
        return "Source '" + settings.source() + "': ";
    }

    @Override
    public SourceIdentity identify() {
        return questions.ask(
                "the source's identity could not be read (freshet_outbox_relay, which the migration makes)",
                c -> new SourceIdentity(
                        settings.source(), store.type(), c.identity(), TIMELINE, settings.schema(), settings.slot()));
    }

    @Override
    public long flushedLsn() {
        return questions.ask("the next number could not be read", c -> c.state().next());
    }

    @Override
    public List<TimelineRecord> timelines() {
        return List.of();
    }

    @Override
    public Optional<SlotState> slot() {
        return questions.ask("the slot could not be looked at", c -> {
            State state = c.state();
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
                    c.lockHolder().orElse(null),
                    setBack(c, state),
                    0));
        });
    }

    /** Rows that begin again below what was looked at would be passed over. */
    private @Nullable String setBack(PolledSession c, State state) {
        long last = c.lastSeq();
        return last < state.high()
                ? "the seq of " + settings.table() + " counts from " + last + " again, and rows up to " + state.high()
                        + " are done: the table was truncated, or its counter was set back"
                : null;
    }

    @Override
    public long createSlot() {
        return questions.ask("the slot could not be made", PolledSession::begin);
    }

    @Override
    public void dropSlot() {
        questions.ask("the slot could not be dropped", c -> {
            String slot = c.state().slot();
            if (slot != null && !slot.equals(settings.slot())) {
                throw new ConfigurationException(named() + "the slot '" + slot + "' of '" + settings.table()
                        + "' is another one's; it was left");
            }
            Optional<Integer> holder = c.lockHolder();
            if (holder.isPresent()) {
                c.terminate(holder.get());
            }
            c.end();
            return true;
        });
    }

    @Override
    public void terminateReader(int pid) {
        questions.ask("the session that polls could not be ended", c -> {
            if (c.lockHolder().filter(holder -> holder == pid).isPresent()) {
                c.terminate(pid);
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
        return questions.ask(
                "the outbox table could not be checked",
                c -> PollingChecks.problems(settings.source(), tables, c.problems()));
    }

    @Override
    public ChangeLog open(
            ServerSeen server,
            long startLsn,
            int epoch,
            List<CapturedStream> streams,
            @Nullable Map<String, String> options) {
        PolledSession unused = null;
        try {
            PolledSession session = store.open();
            unused = session;
            ChangeLog log = open(session, server, startLsn, epoch);
            unused = null;
            return log;
        } catch (PolledFailure e) {
            throw store.failed("the log could not be opened", e);
        } finally {
            if (unused != null) {
                unused.close();
            }
        }
    }

    private ChangeLog open(PolledSession c, ServerSeen server, long start, int epoch) {
        if (!c.lock()) {
            throw new RetriableException(named() + "the outbox table '" + settings.table()
                    + "' is polled by another relay (session "
                    + c.lockHolder().map(String::valueOf).orElse("unknown") + ")");
        }
        c.lease();
        State state = c.state();
        if (state.slot() == null) {
            throw new LossException("The slot '" + settings.slot() + "' is gone");
        }
        String back = setBack(c, state);
        if (back != null) {
            throw new LossException("The slot '" + settings.slot() + "' is not usable any more (" + back + ")");
        }
        if (!server.isStill(new ServerSeen(c.identity(), TIMELINE, state.next())) || state.next() < start) {
            throw new RetriableException(named() + "the database is another one than a moment ago, or was set back: "
                    + "its next number is " + state.next() + ", after it was " + Math.max(start, server.flushedLsn())
                    + "; Freshet looks at it anew");
        }
        progress.clear();
        EventQueue<LogEvent> queue = new EventQueue<>(settings.readAheadBytes());
        Numbering numbering = Numbering.resume(settings, runtime, progress, state, c);
        Poller poller = new Poller(settings, store, c, runtime, numbering, epoch, start, state, queue);
        return new PollingLog(poller, runtime, queue, runtime.start(poller));
    }

    @Override
    public Optional<OutboxReader> outbox(TableCapture outbox) {
        return Optional.empty();
    }

    @Override
    public OutboxCleaner outboxCleaner(TableCapture outbox) {
        return new PollingOutbox(store, runtime, progress);
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
        questions.close();
    }
}
