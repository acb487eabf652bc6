package dev.freshet.relay.internal;

import dev.freshet.capture.CaptureRefusedException;
import dev.freshet.capture.CapturedStream;
import dev.freshet.capture.ChangeLog;
import dev.freshet.capture.OutboxReader;
import dev.freshet.capture.SlotState;
import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.LossException;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.EpochRecord;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.ServerSeen;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.SourceLoss;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.TimelineRecord;
import dev.freshet.relay.LossPolicy;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.port.LedgerContents;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;
import dev.freshet.relay.port.TopicsSeen;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a relay the source's only writer and finds the place where the last one stopped.
 *
 * <p>Implementation note. The order is the protocol's: fence first (it also waits until the dead relay's transactions are
 * decided), only then look at the topics and read the ledger, up to an end taken after the fence; then compare identity, timelines, slot and
 * topics with the cursor; then open the log. Any other order lets a zombie write behind what was read.
 */
final class TakeOver {
    private static final Duration RELEASE_LIMIT = Duration.ofSeconds(5);
    private static final Duration RELEASE_PROBE = Duration.ofMillis(50);

    private final RelaySettings settings;
    private final InstantSource clock;
    private final String incarnation;
    private final Source source;
    private final TopicStore store;
    private final TopicWriter writer;
    private final TopicOpener keys;
    private final TopicGuard guard;
    private final Refusals refusals;
    private final Losses losses;

    /**
     * Prepares a take-over.
     *
     * @param keys opens topics to read their keys
     * @param guard what is known of the topics from before
     * @param refusals which topics have refused records
     * @param losses what was found of losses before
     */
    TakeOver(
            RelaySettings settings,
            InstantSource clock,
            String incarnation,
            Source source,
            TopicStore store,
            TopicWriter writer,
            TopicOpener keys,
            TopicGuard guard,
            Refusals refusals,
            Losses losses) {
        this.settings = settings;
        this.clock = clock;
        this.incarnation = incarnation;
        this.source = source;
        this.store = store;
        this.writer = writer;
        this.keys = keys;
        this.guard = guard;
        this.refusals = refusals;
        this.losses = losses;
    }

    /**
     * What came of it.
     *
     * @param session the leader's session
     * @param failing what keeps it from reading tables, as it goes on
     * @param catalogs the catalog texts by stream that its sampler compares with
     * @param notBegun by stream why it is not begun yet
     * @param losses how often the source has begun anew of late
     */
    record Outcome(
            LeaderSession session,
            FailingWindows failing,
            Map<String, String> catalogs,
            Map<String, String> notBegun,
            LossPace losses) {}

    Outcome run() throws InterruptedException {
        requireNone(store.checkCluster());
        writer.fence();
        TopicsSeen topics = store.look(settings.streams());
        guard.requireLedger(topics.ledger(), store);
        LedgerContents contents = store.readLedger();
        writer.ledgerEndsAt(contents.end());
        Cursor cursor = contents.cursor();
        refusals.takenOver(cursor, incarnation);
        SourceIdentity identity = source.identify();
        ServerSeen server = Losses.look(source, identity);
        List<TimelineRecord> timelines = source.timelines();
        releaseSlot();
        if (cursor != null && cursor.boundary() != null) {
            requireFollowable(cursor, identity, server, timelines, contents);
        }
        Map<String, String> uncaptured = new HashMap<>();
        List<CapturedStream> captured = capture(cursor, contents, uncaptured);
        SourceBeginning beginning = new SourceBeginning(settings, clock, incarnation, source, writer);
        Map<String, String> damages = damages(
                cursor,
                beginning,
                captured.stream().map(c -> c.capture().stream()).collect(Collectors.toSet()),
                topics);
        String reason = "first capture of the source";
        if (cursor == null || cursor.boundary() == null) {
            cursor = beginning.first(cursor, identity);
        } else if (cursor.loss() != null) {
            reason = cursor.loss().reason();
            cursor = beginning.anew(cursor, identity);
        }
        Map<String, EpochRecord> epochs = contents.epochs();
        LedgerState ledger = resume(cursor, identity, contents);
        begin(epochs, cursor, identity, reason, ledger);
        timelines(timelines, contents, ledger);
        require(cursor, identity, new HistoryCheck(settings, source, cursor, List.of()).slot());
        Optional<OutboxReader> outbox = settings.events().outbox().flatMap(source::outbox);
        StreamJoiner.Joined joined = new StreamJoiner(
                        settings,
                        clock,
                        source,
                        outbox.isPresent(),
                        store,
                        ledger,
                        contents,
                        guard,
                        refusals,
                        topics.streams(),
                        damages)
                .join(captured, uncaptured);
        // Whatever is not whole has been broken by now.
        ledger.wholeAt(ledger.boundary().position());
        boolean inside = !cursor.atBoundary();
        ChangeLog log = open(cursor, identity, server, captured, inside ? cursor.options() : null);
        try {
            ledger.options(inside ? cursor.options() : log.options());
            writeAlone(ledger);
            Snapshotter snapshotter = new Snapshotter(source.snapshots(), ledger, incarnation, clock, settings, keys);
            LeaderSession session = new LeaderSession(
                    settings,
                    clock,
                    writer,
                    log,
                    ledger,
                    snapshotter,
                    new History(longestRetention(), contents.keys(LedgerKey.HISTORY)),
                    joined.topics(),
                    joined.ends(),
                    joined.muted(),
                    events(ledger, joined, contents, outbox));
            snapshotter.wake();
            return new Outcome(
                    session,
                    snapshotter.failing(),
                    Map.copyOf(joined.catalogs()),
                    Map.copyOf(joined.notBegun()),
                    new LossPace(settings, epochs.values(), clock.instant()));
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
    }

    private EventFlow events(
            LedgerState ledger, StreamJoiner.Joined joined, LedgerContents contents, Optional<OutboxReader> outbox) {
        Parking parking = new Parking(settings.events(), ledger, contents.parked());
        return new EventFlow(
                new EventRouting(settings, joined.topics().keySet(), joined.muted(), parking, clock),
                new OutboxBacklog(ledger, outbox, settings.batch().records(), clock),
                parking);
    }

    /** A loss that stands in the ledger is one whatever the source looks like by now. */
    private void requireFollowable(
            Cursor cursor,
            SourceIdentity identity,
            ServerSeen server,
            List<TimelineRecord> timelines,
            LedgerContents contents) {
        SourceLoss loss = cursor.loss();
        if (loss != null) {
            requireWord(
                    cursor,
                    loss,
                    server,
                    new LossPace(settings, contents.epochs().values(), clock.instant()));
            return;
        }
        Loss found = losses.unwritten(cursor);
        if (found != null) {
            throw losses.tell(found, entry -> writeAlone(cursor, entry));
        }
        Collection<TimelineRecord> left = contents.timelines().values();
        HistoryCheck check = new HistoryCheck(settings, source, cursor, left);
        require(cursor, identity, check.history(identity, server.flushedLsn(), timelines));
    }

    /** An operator's word speaks of the server that was shown: for another one, or one that was set back, there is none. */
    private void requireWord(Cursor cursor, SourceLoss loss, ServerSeen now, LossPace pace) {
        boolean same = loss.isOf(now);
        if (loss.mayBeginAnew() && same) {
            return;
        }
        SourceLoss known = same ? loss : new SourceLoss(reason(loss, now), false, now);
        if (!same) {
            writeAlone(cursor, known);
        }
        if (settings.onLoss() == LossPolicy.STOP) {
            throw new LossException(Loss.told(settings, known));
        }
        pace.requireNotTooSoon(clock.instant());
    }

    private String reason(SourceLoss loss, ServerSeen now) {
        return loss.mayBeginAnew() && loss.server() != null
                ? "The server at sources." + settings.source() + ".url (" + now
                        + ") is not as it was when an operator took it as the right one (" + loss.server() + "): "
                        + loss.reason()
                : loss.reason();
    }

    private Map<String, String> damages(
            @Nullable Cursor cursor, SourceBeginning beginning, Set<String> captured, TopicsSeen topics) {
        Boundary boundary = cursor == null ? null : cursor.boundary();
        Map<String, StreamEntry> known = Map.of();
        if (cursor != null && boundary != null) {
            known = cursor.loss() == null ? cursor.streams() : beginning.streamsAnew(cursor);
        }
        return new TopicFindings(settings, guard, refusals, topics.streams())
                .look(
                        known,
                        boundary == null ? Map.of() : boundary.offsets(),
                        settings.streams().stream()
                                .filter(s -> s.table().isEmpty() || captured.contains(s.name()))
                                .map(StreamSettings::name)
                                .collect(Collectors.toSet()));
    }

    private ChangeLog open(
            Cursor cursor,
            SourceIdentity identity,
            ServerSeen server,
            List<CapturedStream> captured,
            @Nullable Map<String, String> options) {
        Position at = Objects.requireNonNull(cursor.boundary()).position();
        try {
            return source.open(server, at.lsn(), at.epoch(), captured, options);
        } catch (LossException e) {
            throw lost(cursor, identity, new HistoryCheck.Gap(String.valueOf(e.getMessage()), null));
        }
    }

    private List<CapturedStream> capture(
            @Nullable Cursor cursor, LedgerContents contents, Map<String, String> uncaptured) {
        List<TableCapture> tables = settings.tables();
        try {
            return source.capture(tables);
        } catch (CaptureRefusedException e) {
            uncaptured.putAll(Uncaptured.of(e, cursor, contents, source));
            return source.capture(tables.stream()
                    .filter(t -> !uncaptured.containsKey(t.stream()))
                    .toList());
        }
    }

    private Duration longestRetention() {
        return settings.streams().stream()
                .map(StreamSettings::content)
                .flatMap(c -> c instanceof StreamSettings.Rows rows ? Stream.of(rows.deleteRetention()) : Stream.of())
                .max(Duration::compareTo)
                .orElse(StreamSettings.DEFAULT_DELETE_RETENTION);
    }

    private static void requireNone(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new ConfigurationException(String.join("\n", problems));
        }
    }

    /** Ends a half-open reader of the slot, once: twice in turn, two relays would end each other for ever. */
    private void releaseSlot() throws InterruptedException {
        Optional<SlotState> slot = source.slot();
        Integer pid = slot.map(SlotState::activePid).orElse(null);
        if (pid == null) {
            return;
        }
        source.terminateReader(pid);
        Instant limit = clock.instant().plus(RELEASE_LIMIT);
        while (source.slot().map(SlotState::activePid).orElse(null) != null) {
            if (clock.instant().isAfter(limit)) {
                throw new RetriableException("Slot '" + settings.slot() + "' is still read by another process "
                        + RELEASE_LIMIT.toSeconds() + " s after its reader was told to end");
            }
            Thread.sleep(RELEASE_PROBE.toMillis());
        }
    }

    /** Makes the streams known before their first record, so that a topic with records is never one of nobody. */
    private void writeAlone(LedgerState ledger) {
        writer.begin();
        ledger.writeTo(writer, clock.instant());
        writer.commit();
        ledger.written();
    }

    private LedgerState resume(Cursor cursor, SourceIdentity identity, LedgerContents contents) {
        LedgerState ledger = new LedgerState(incarnation, identity, cursor);
        contents.keys(LedgerKey.SCHEMA).forEach(ledger::knowSchema);
        return ledger;
    }

    /** Tells why the cursor's epoch begins, if it does. */
    private void begin(
            Map<String, EpochRecord> epochs,
            Cursor cursor,
            SourceIdentity identity,
            String reason,
            LedgerState ledger) {
        String key = LedgerKey.epoch(cursor.epoch());
        if (!epochs.containsKey(key)) {
            EpochRecord begun = new EpochRecord(
                    cursor.epoch(), identity, ledger.boundary().position().lsn(), clock.instant(), reason);
            ledger.beside(key, LedgerCodec.encode(begun));
            epochs.put(key, begun);
        }
    }

    /** Makes the ledger's timelines the server's: another history has its own under the same numbers. */
    private static void timelines(List<TimelineRecord> timelines, LedgerContents contents, LedgerState ledger) {
        Map<String, TimelineRecord> left = contents.timelines();
        for (TimelineRecord t : timelines) {
            String key = LedgerKey.timeline(t.timeline());
            if (!t.equals(left.remove(key))) {
                ledger.beside(key, LedgerCodec.encode(t));
            }
        }
        left.keySet().forEach(key -> ledger.beside(key, null));
    }

    private void require(Cursor cursor, SourceIdentity identity, HistoryCheck.@Nullable Gap gap) {
        if (gap != null) {
            throw lost(cursor, identity, gap);
        }
    }

    private RuntimeException lost(Cursor cursor, SourceIdentity identity, HistoryCheck.Gap gap) {
        Position boundary = Objects.requireNonNull(cursor.boundary()).position();
        return losses.tell(
                new Loss(gap.what(), boundary, gap.until(), Losses.look(source, identity)),
                entry -> writeAlone(cursor, entry));
    }

    /** Breaks every stream in the ledger, since nothing is served as complete when it is known not to be. */
    private void writeAlone(Cursor cursor, SourceLoss loss) {
        LedgerState ledger = new LedgerState(incarnation, cursor.source(), cursor);
        ledger.lose(loss, Loss.told(settings, loss));
        writeAlone(ledger);
    }
}
