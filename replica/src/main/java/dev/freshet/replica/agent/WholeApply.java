package dev.freshet.replica.agent;

import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.apply.Fence;
import dev.freshet.replica.apply.PieceApplier;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.FencedException;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.StoreException;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.replica.port.WriteMode;
import dev.freshet.stream.BoundaryBatch;
import dev.freshet.stream.BoundaryReader;
import dev.freshet.stream.BoundaryState;
import dev.freshet.stream.Partition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves all tables of a {@code per-transaction} replica from one boundary to another, each move one transaction: rows,
 * offsets, positions and what the copy tells of itself.
 *
 * <p>A fill is such a move as well, from nothing: the tables are emptied and filled in the one transaction that ends at the
 * boundary. No table takes another's place, since a reader whose snapshot is older would find the new table by its name and
 * none of its rows; and no row is written frozen, since such a reader would see it.
 */
final class WholeApply implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WholeApply.class);

    /** Boundaries and offsets that move without a record are stored no more often than this. */
    private static final Duration QUIET_COMMITS = Duration.ofSeconds(1);

    /** In each of so many parts of the time after which a session counts as frozen an open transaction says something. */
    private static final int SIGNS_OF_LIFE = 4;

    private final ReplicaConfig config;
    private final CopySession db;
    private final BoundaryReader reader;
    private final Sources sources;
    private final InstantSource clock;
    private final Progress progress;
    private final WholeFill fill;
    private final long generation;
    private final Map<String, StreamTarget> byTopic = new TreeMap<>();
    private final Map<Partition, Owned> owned = new HashMap<>();
    private BoundaryState stored = BoundaryState.NONE;
    private PieceApplier applier;
    /** Up to which epoch no report tells an earlier one. */
    private int epoch;

    private boolean filling;
    private boolean open;
    private long rows;
    private long inTransaction;
    private long steps;
    private Instant lastSign = Instant.MIN;
    private Instant lastQuietCommit = Instant.MIN;

    private WholeApply(
            ReplicaConfig config,
            CopySession db,
            BoundaryReader reader,
            Sources sources,
            InstantSource clock,
            Progress progress,
            PieceApplier applier) {
        this.config = config;
        this.db = db;
        this.reader = reader;
        this.sources = sources;
        this.clock = clock;
        this.progress = progress;
        this.fill = new WholeFill(config, db, sources);
        this.generation = progress.generation();
        this.applier = applier;
        config.streams().forEach(t -> byTopic.put(t.topic(), t));
    }

    /**
     * Takes the copy over where it stands, or begins to fill it.
     *
     * @param db a session for this work alone
     * @param reader not started; closed with it
     */
    static WholeApply begin(
            ReplicaConfig config,
            CopySession db,
            BoundaryReader reader,
            Sources sources,
            InstantSource clock,
            Progress progress)
            throws InterruptedException {
        PieceApplier live =
                PieceApplier.live(db, db.writer(config.streams(), sources, WriteMode.PIECES), config.limits());
        WholeApply apply = new WholeApply(config, db, reader, sources, clock, progress, live);
        List<StreamRow> known = apply.fill.rows();
        if (known.size() == config.streams().size()
                && known.stream().allMatch(StreamRow::filled)
                && apply.nothingIsParked()) {
            apply.resume(known);
        } else {
            apply.fill(known);
        }
        return apply;
    }

    /** A copy that was per-key before may lack the newest rows of some keys. */
    private boolean nothingIsParked() {
        return db.parked().read().stream().noneMatch(p -> config.streams().stream()
                .anyMatch(t -> t.stream().equals(p.stream())));
    }

    boolean isFilling() {
        return filling;
    }

    /** Returns how many boundaries were reached with records since the beginning, a fill's included. */
    long steps() {
        return steps;
    }

    /** Claims every partition, so that whoever was active before is fenced. */
    private void resume(List<StreamRow> known) throws InterruptedException {
        Map<Partition, Long> offsets = new HashMap<>();
        Map<Partition, Position> seen = new HashMap<>();
        Map<String, String> ids = new HashMap<>();
        Instant atEnd = Instant.MAX;
        List<Owned> partitions = db.positions().read();
        for (StreamRow row : known) {
            ids.put(row.topic(), row.topicId());
            atEnd = row.atEnd() == null || row.atEnd().isAfter(atEnd) ? atEnd : row.atEnd();
            for (Owned o : partitions) {
                if (o.stream().equals(row.stream())) {
                    Owned mine = db.positions().claim(o.stream(), o.partition());
                    if (mine == null) {
                        throw new RetriableException(
                                "A table of replica '" + config.name() + "' is to be filled anew: it prepares again");
                    }
                    Partition p = new Partition(row.topic(), o.partition());
                    owned.put(p, mine);
                    offsets.put(p, mine.nextOffset());
                    seen.put(p, mine.position());
                }
            }
        }
        requireActive();
        db.commit();
        stored = new BoundaryState(offsets, seen, ids, atEnd);
        reader.start(stored);
    }

    private void fill(List<StreamRow> known) throws InterruptedException {
        fill.ask(known);
        requireActive();
        db.reports().withdraw("The tables are to be filled together, up to one boundary", true);
        db.commit();
        fill.alter();
        applier.close();
        applier = PieceApplier.fill(
                db,
                db.writer(config.streams(), sources, WriteMode.PIECES_OF_A_FILL),
                config.limits(),
                config.streams().size());
        filling = true;
        reader.start(BoundaryState.NONE);
    }

    /**
     * Applies what has come.
     *
     * @param wait how long to wait for something to come
     * @return how many records
     */
    int work(Duration wait) throws InterruptedException {
        Optional<BoundaryBatch> batch = reader.poll(wait);
        if (batch.isEmpty()) {
            giveSign();
            return 0;
        }
        try {
            return apply(batch.get());
        } catch (StoreException e) {
            Resources.rollback(db);
            open = false;
            applier.rolledBack();
            if (!applier.hasAnotherWay(e)) {
                throw e;
            }
            LOG.debug("The transaction is written again in another way", e);
            reader.start(stored);
            return 1;
        }
    }

    private int apply(BoundaryBatch batch) throws InterruptedException {
        if (!open && !filling && batch.records().isEmpty()) {
            quiet(batch);
            return 0;
        }
        if (!open) {
            begin();
        }
        applier.apply(batch.records());
        inTransaction += batch.records().size();
        rows += filling ? batch.records().size() : 0;
        progress.fillRows(rows);
        if (batch.last()) {
            commit(batch.boundary().orElseThrow(), batch.state().orElseThrow());
        }
        return Math.max(1, batch.records().size());
    }

    private void begin() throws InterruptedException {
        open = true;
        inTransaction = 0;
        lastSign = clock.instant();
        if (filling) {
            rows = 0;
            fill.empty();
            LOG.info(
                    "Replica '{}' fills its tables {} in one transaction",
                    config.name(),
                    byTopic.values().stream().map(t -> t.table().toString()).toList());
        }
    }

    private void quiet(BoundaryBatch batch) {
        Instant now = clock.instant();
        BoundaryState state = batch.state().orElse(stored);
        if (!state.offsets().equals(stored.offsets()) && !now.isBefore(lastQuietCommit.plus(QUIET_COMMITS))) {
            lastQuietCommit = now;
            commit(batch.boundary().orElseThrow(), state);
        }
    }

    private void commit(Boundary boundary, BoundaryState state) {
        List<Owned> moved = filling ? fill.store(state, rows) : move(state);
        requireActive();
        if (filling) {
            db.reports().withdraw("The copy was filled; its freshness is being found", true);
        } else {
            report(boundary);
        }
        db.commit();
        applier.committed();
        open = false;
        epoch = boundary.position().epoch();
        stored = state;
        steps += filling || inTransaction > 0 ? 1 : 0;
        moved.forEach(o -> owned.put(new Partition(topicOf(o.stream()), o.partition()), o));
        // a fill's rows are told as such
        progress.applied(filling ? 0 : (int) inTransaction);
        inTransaction = 0;
        if (filling) {
            filled(boundary);
        }
    }

    /** The boundary of another history of the source may have older rows than what the copy was told to be. */
    private void report(Boundary boundary) {
        int now = boundary.position().epoch();
        if (now > epoch) {
            String reason = "The source has become another history, to which the copy was moved";
            db.reports().withdrawBefore(now, reason + "; its freshness is being found");
        }
        db.reports().move(sources.location(byTopic.keySet().iterator().next()).source(), boundary);
    }

    /** The fence: whoever takes over bumps the generation under the lock of the row that is locked from here on. */
    private void requireActive() {
        if (!db.active().renew(generation)) {
            progress.active(null, 0);
            throw new FencedException("Another instance of replica '" + config.name()
                    + "' has become the active one; nothing was committed, and this one stands by");
        }
    }

    /** Without a record the copy may still stand before the one that stopped it. */
    private List<Owned> move(BoundaryState state) {
        List<Owned> moved = new ArrayList<>();
        owned.forEach((p, o) -> {
            long offset = state.offsets().getOrDefault(p, o.nextOffset());
            Position position = state.seen().getOrDefault(p, o.position());
            Owned after = inTransaction > 0 ? o.movedTo(offset, position) : o.passedTo(offset);
            if (!after.equals(o)) {
                moved.add(after);
            }
        });
        Fence.advance(db.positions(), config.name(), moved);
        return moved;
    }

    private void filled(Boundary boundary) {
        filling = false;
        applier.close();
        applier = PieceApplier.live(db, db.writer(config.streams(), sources, WriteMode.PIECES), config.limits());
        progress.toFill(List.of());
        fill.analyze();
        LOG.info("Replica '{}' has filled its tables with {} rows, up to {}", config.name(), rows, boundary.position());
    }

    private String topicOf(String stream) {
        return config.streams().stream()
                .filter(t -> t.stream().equals(stream))
                .map(StreamTarget::topic)
                .findFirst()
                .orElseThrow();
    }

    /** A transaction in which nothing is said looks like that of a frozen process, and is ended after a while. */
    private void giveSign() {
        Instant now = clock.instant();
        if (open
                && !now.isBefore(
                        lastSign.plus(config.sessions().idleInTransaction().dividedBy(SIGNS_OF_LIFE)))) {
            lastSign = now;
            db.streams().read();
        }
    }

    /** Returns why no boundary comes, in a sentence, or null. */
    @Nullable
    String held() {
        return reader.held().orElse(null);
    }

    /** Returns a partition's row, or any if it is not known which is meant; null before the tables are filled. */
    @Nullable
    Owned owned(@Nullable Partition partition) {
        return partition == null ? owned.values().stream().findFirst().orElse(null) : owned.get(partition);
    }

    @Override
    public void close() {
        applier.close();
        reader.close();
    }
}
