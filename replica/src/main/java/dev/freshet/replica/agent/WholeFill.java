package dev.freshet.replica.agent;

import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.StoreException;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.stream.BoundaryState;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a fill of a {@code per-transaction} replica does beside the moving of rows. All tables are filled together, and stay
 * the tables that they are: see {@link WholeApply}. Belongs to the thread of its session.
 */
final class WholeFill {
    private static final Logger LOG = LoggerFactory.getLogger(WholeFill.class);

    private final ReplicaConfig config;
    private final CopySession db;
    private final Sources sources;

    WholeFill(ReplicaConfig config, CopySession db, Sources sources) {
        this.config = config;
        this.db = db;
        this.sources = sources;
    }

    /** Returns the rows of the replica's streams. */
    List<StreamRow> rows() {
        return db.streams().read().stream()
                .filter(row ->
                        config.streams().stream().anyMatch(t -> t.stream().equals(row.stream())))
                .toList();
    }

    /** Notes that what is filled is to be filled anew, and fences whoever moves it. */
    void ask(List<StreamRow> known) {
        for (StreamRow row : known) {
            if (row.filled()
                    && db.streams()
                            .refill(
                                    row.stream(),
                                    row.fill(),
                                    "The tables of a per-transaction copy are filled together")) {
                db.positions().fence(row.stream());
            }
        }
    }

    /** Alters the tables so that their newest schemas fit, each in a transaction of its own. */
    void alter() throws InterruptedException {
        for (StreamTarget target : config.streams()) {
            db.alterForFill(target, newestSchema(target), lock(target));
            db.commit();
        }
    }

    /** Empties the tables, in the fill's transaction. */
    void empty() throws InterruptedException {
        for (StreamTarget target : config.streams()) {
            db.empty(target, newestSchema(target), lock(target));
        }
    }

    private SchemaRecord newestSchema(StreamTarget target) throws InterruptedException {
        return sources.schema(target.topic(), sources.newestVersion(target.topic()));
    }

    private StreamRow lock(StreamTarget target) {
        StreamRow row = db.streams().lock(target.stream());
        if (row == null) {
            db.rollback();
            db.endFrozen();
            throw new RetriableException("Another session of replica '" + config.name() + "' still fills "
                    + target.table() + "; this instance begins when that has ended");
        }
        return row;
    }

    /**
     * Stores what the tables hold, in the fill's transaction.
     *
     * @param rows how many records were written
     * @return the partitions, which this instance owns
     */
    List<Owned> store(BoundaryState state, long rows) {
        List<Owned> all = new ArrayList<>();
        List<StreamRow> known = rows();
        for (StreamTarget target : config.streams()) {
            StreamRow row = known.stream()
                    .filter(r -> r.topic().equals(target.topic()))
                    .findFirst()
                    .orElse(null);
            String id = state.topicIds().get(target.topic());
            if (row == null || id == null) {
                throw new IllegalStateException("The fill of " + target + " has no row or no topic");
            }
            long fill = row.fill() + 1;
            long next = db.positions().lock(target.stream()) + 1;
            List<Owned> reached = new ArrayList<>();
            state.offsets().forEach((p, offset) -> {
                if (p.topic().equals(target.topic())) {
                    Position seen = state.seen().getOrDefault(p, Position.ZERO);
                    reached.add(new Owned(target.stream(), fill, p.number(), next, offset, seen, null));
                }
            });
            db.positions().replace(target.stream(), reached);
            db.parked().replace(target.stream(), List.of());
            db.streams().filled(new StreamRow(target.stream(), target.topic(), id, fill, null, state.atEnd(), rows));
            all.addAll(reached);
        }
        return all;
    }

    /**
     * Has the database see what the tables hold, so that it plans for it; each table in a transaction of its own behind the
     * fill's, which nothing that is the matter here takes back.
     */
    void analyze() {
        for (StreamTarget target : config.streams()) {
            try {
                db.analyze(target);
                db.commit();
            } catch (StoreException e) {
                if (e.isConnectionLost()) {
                    throw e;
                }
                db.rollback();
                LOG.warn(
                        "Replica '{}' has filled {}, but could not ANALYZE it: its readers' queries may be planned badly until"
                                + " autovacuum or somebody else does: {}",
                        config.name(),
                        target.table(),
                        e.getMessage());
            }
        }
    }
}
