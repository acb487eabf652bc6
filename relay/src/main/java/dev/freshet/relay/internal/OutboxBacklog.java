package dev.freshet.relay.internal;

import dev.freshet.capture.LogEvent;
import dev.freshet.capture.OutboxReader;
import dev.freshet.capture.OutboxSnapshot;
import dev.freshet.model.FreshetException;
import dev.freshet.model.Lsn;
import dev.freshet.model.Names;
import dev.freshet.model.Position;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sends the events that the outbox table had before its rows came by the log, each exactly once, in the order of their ids and
 * before those that the log gives.
 *
 * <p>Implementation note. Once every transaction that was open when the table joined the log's publication has ended, a snapshot
 * is fixed in the ledger. Which transactions it shows is known for ever, and each row names its transaction: so the rows of those
 * are read, page by page and also after a restart, while the log waits; afterwards, the log's rows of those are passed over, until
 * the log is read beyond all that the snapshot shows. Before the snapshot is fixed the log's rows are passed over as well; it is
 * not fixed before it shows them.
 */
final class OutboxBacklog implements AutoCloseable {
    private static final Duration PROBE = Duration.ofMillis(50);
    private static final Duration FAILURE_PAUSE = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final LedgerState ledger;
    private final Optional<OutboxReader> reader;
    private final int pageEvents;
    private final InstantSource clock;
    private final Map<String, Place> places = new HashMap<>();
    /** The transactions of rows of the log that were passed over, and that no snapshot has shown yet. */
    private final Set<Long> passedOver = new HashSet<>();

    private long joinXid;
    private Instant joined = Instant.MAX;
    private Instant nextProbe = Instant.MIN;
    private @Nullable String trouble;

    /**
     * How far a stream is.
     *
     * @param snapshot what is sent of it from the table
     * @param last the last id that was sent; null before the first
     * @param done whether all of it is sent
     */
    private record Place(OutboxSnapshot snapshot, @Nullable UUID last, boolean done) {
        private static final String NONE = "-";
        private static final String ALL = "*";

        static Place parse(String text) {
            String[] parts = text.split(" ", -1);
            return new Place(
                    new OutboxSnapshot(parts[0], Lsn.parse(parts[1])),
                    parts[2].equals(NONE) || parts[2].equals(ALL) ? null : UUID.fromString(parts[2]),
                    parts[2].equals(ALL));
        }

        String text() {
            String at = done ? ALL : last == null ? NONE : last.toString();
            return snapshot.text() + ' ' + Lsn.format(snapshot.lsn()) + ' ' + at;
        }
    }

    /**
     * Goes on from what the ledger says.
     *
     * @param reader reads the table; empty if there is none
     * @param pageEvents how many events are read at once
     */
    OutboxBacklog(LedgerState ledger, Optional<OutboxReader> reader, int pageEvents, InstantSource clock) {
        this.clock = clock;
        this.ledger = ledger;
        this.reader = reader;
        this.pageEvents = pageEvents;
        ledger.streams().forEach(entry -> place(entry).ifPresent(place -> places.put(entry.stream(), place)));
    }

    private static Optional<Place> place(StreamEntry entry) {
        SnapshotProgress progress = entry.snapshot();
        return waits(entry) && progress != null && !progress.resume().isEmpty()
                ? Optional.of(Place.parse(progress.resume()))
                : Optional.empty();
    }

    /** Returns a place in the log behind all that the snapshot shows by which a stream's events of before are sent; or 0. */
    static long shownTo(StreamEntry entry) {
        return place(entry).map(place -> place.snapshot().lsn()).orElse(0L);
    }

    private static boolean waits(StreamEntry entry) {
        return entry.isOfEvents() && entry.status() == StreamStatus.SNAPSHOTTING;
    }

    /** Returns what keeps the events of before from being sent; null if nothing does. */
    @Nullable
    String trouble() {
        return trouble;
    }

    /** Returns whether the log has to wait, between two transactions, while events are sent. */
    boolean holdsLog() {
        return reader.isPresent()
                && waiting().noneMatch(e -> !places.containsKey(e.stream()))
                && waiting().anyMatch(e -> !isDone(e.stream()));
    }

    private Stream<StreamEntry> waiting() {
        return ledger.streams().stream().filter(OutboxBacklog::waits);
    }

    private boolean isDone(String stream) {
        Place place = places.get(stream);
        return place != null && place.done();
    }

    /** Fixes a snapshot for those streams that have none, if it can be; between two transactions. */
    void probe() {
        List<StreamEntry> unfixed = reader.isEmpty()
                ? List.of()
                : waiting().filter(e -> !places.containsKey(e.stream())).toList();
        Instant now = clock.instant();
        if (unfixed.isEmpty() || now.isBefore(nextProbe)) {
            return;
        }
        nextProbe = now.plus(PROBE);
        try {
            fix(reader.orElseThrow(), unfixed, now);
        } catch (FreshetException e) {
            nextProbe = now.plus(FAILURE_PAUSE);
            trouble = "The events that the outbox table has already are not sent, and none that it gets: "
                    + e.getMessage();
        }
    }

    private void fix(OutboxReader table, List<StreamEntry> unfixed, Instant now) {
        if (joinXid == 0) {
            joinXid = table.allotTransactionId();
            joined = now;
        }
        OutboxSnapshot snapshot = table.snapshot();
        passedOver.removeIf(snapshot::shows);
        if (!snapshot.isAbove(joinXid) || !passedOver.isEmpty()) {
            trouble = now.isBefore(joined.plus(PATIENCE))
                    ? null
                    : "The events of the outbox table wait since " + joined
                            + " for the end of transactions that began before (see pg_stat_activity.xact_start)";
            return;
        }
        for (StreamEntry entry : unfixed) {
            // what cannot be read must not make the log wait
            table.read(part(entry.stream()), snapshot, null, 1);
        }
        trouble = null;
        joinXid = 0;
        unfixed.forEach(entry -> note(entry, new Place(snapshot, null, false), 0));
    }

    /**
     * Sends the next page; the log waits at a boundary that is in the ledger.
     *
     * @param send takes events, at positions between that boundary and the log's next change
     */
    void step(Consumer<LogEvent.Publication> send) {
        StreamEntry next =
                waiting().filter(e -> !isDone(e.stream())).findFirst().orElseThrow();
        sendPage(reader.orElseThrow(), next, send);
    }

    private void sendPage(OutboxReader table, StreamEntry entry, Consumer<LogEvent.Publication> send) {
        Place place = Objects.requireNonNull(places.get(entry.stream()));
        List<OutboxReader.Row> rows = table.read(part(entry.stream()), place.snapshot(), place.last(), pageEvents);
        Position at = ledger.write();
        UUID last = place.last();
        int sent = 0;
        for (OutboxReader.Row row : rows) {
            at = at.withSub(at.sub() + 1);
            try {
                send.accept(row.at(at, EventIds.timeOr(row.id(), clock.instant())));
            } catch (ParkingFullException e) {
                if (sent == 0) {
                    throw e;
                }
                // the letters that are the reason are written first
                break;
            }
            last = row.id();
            sent++;
        }
        boolean done = sent == rows.size() && sent < pageEvents;
        note(entry, new Place(place.snapshot(), done ? null : last, done), sent);
    }

    /** What is published for no stream that is known goes to the dead letters, and is read with them. */
    private OutboxReader.Part part(String stream) {
        return stream.equals(Names.DEAD_LETTERS)
                ? OutboxReader.Part.allBut(ledger.streams().stream()
                        .filter(StreamEntry::isOfEvents)
                        .map(StreamEntry::stream)
                        .filter(s -> !s.equals(Names.DEAD_LETTERS))
                        .collect(Collectors.toSet()))
                : OutboxReader.Part.of(stream);
    }

    private void note(StreamEntry entry, Place place, int events) {
        places.put(entry.stream(), place);
        SnapshotProgress progress = entry.snapshot() == null ? SnapshotProgress.first() : entry.snapshot();
        ledger.put(entry.snapshotting(entry.since(), progress.at(place.text(), progress.rowsDone() + events)));
    }

    /**
     * Returns whether an event of the table that the log gives is sent by its row, or was; it is to be passed over then.
     *
     * @param xid its transaction
     */
    boolean passesOver(String stream, long xid) {
        StreamEntry own = ledger.stream(stream);
        StreamEntry entry = own == null || !own.isOfEvents() ? ledger.stream(Names.DEAD_LETTERS) : own;
        if (reader.isEmpty() || entry == null || !waits(entry)) {
            return false;
        }
        Place place = places.get(entry.stream());
        if (place == null) {
            passedOver.add(xid);
        }
        return place == null || place.snapshot().shows(xid);
    }

    /** Has those streams run whose snapshot shows nothing that the log could still give. */
    void passed(Position boundary) {
        places.entrySet().removeIf(at -> {
            StreamEntry entry = ledger.stream(at.getKey());
            if (entry == null || !waits(entry)) {
                return true;
            }
            boolean passed = at.getValue().done()
                    && boundary.lsn() >= at.getValue().snapshot().lsn();
            if (passed) {
                ledger.put(entry.running(boundary));
            }
            return passed;
        });
    }

    @Override
    public void close() {
        reader.ifPresent(OutboxReader::close);
    }
}
