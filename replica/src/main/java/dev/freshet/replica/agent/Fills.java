package dev.freshet.replica.agent;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.DurationText;
import dev.freshet.model.FreshetException;
import dev.freshet.model.LossException;
import dev.freshet.model.RetriableException;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.apply.RecordException;
import dev.freshet.replica.apply.SchemaSource;
import dev.freshet.replica.fill.FillException;
import dev.freshet.replica.fill.StreamFill;
import dev.freshet.replica.state.ConsumerDb;
import dev.freshet.replica.state.DbErrors;
import dev.freshet.replica.state.StreamRow;
import dev.freshet.replica.state.StreamRows;
import dev.freshet.stream.ForeignRecordException;
import dev.freshet.stream.MissingSchemaException;
import dev.freshet.stream.StreamReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the tables of a replica's streams, one at a time, with a connection and a reader of its own. Belongs to the thread of
 * the applying agent.
 *
 * <p>What is wrong with one stream (its table, a record, its topic, its schema) holds that stream back, and no other: it is
 * tried again later. What concerns all (brokers or database away) is thrown.
 */
final class Fills implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Fills.class);

    private final ReplicaConfig config;
    private final Readers readers;
    private final InstantSource clock;
    private final Progress progress;
    private final ConsumerDb consumer;
    private final StreamRows rows;
    private final HeldStreams held;
    private @Nullable Connection db;
    private @Nullable StreamReader reader;
    private @Nullable StreamTarget target;
    private @Nullable StreamFill fill;

    /** What came of a call. */
    enum Outcome {
        /** The fill is under way. */
        WORKING,
        /** The fill is under way and waits for something. */
        IDLE,
        /** The table is filled, by this instance or another. */
        FILLED,
        /** Another instance is at it. */
        ELSEWHERE,
        /** The table cannot be filled for now. */
        HELD
    }

    private interface Piece {
        Outcome run() throws SQLException, InterruptedException;
    }

    Fills(ReplicaConfig config, Readers readers, InstantSource clock, Progress progress, ConsumerDb consumer) {
        this.config = config;
        this.readers = readers;
        this.clock = clock;
        this.progress = progress;
        this.consumer = consumer;
        this.rows = new StreamRows(config.name());
        this.held = new HeldStreams(
                clock, config.limits().retryFirst(), config.limits().retryLimit());
    }

    /** Returns whether a fill is under way. */
    boolean active() {
        return fill != null;
    }

    /** Returns whether the stream's table could not be filled when it was last tried. */
    boolean holds(StreamTarget stream) {
        return held.holds(stream);
    }

    /** Returns a held stream that is to be tried again now, or null. */
    @Nullable
    StreamTarget due() {
        return held.due();
    }

    /** Returns whether all streams of the replica are held. */
    boolean holdsAll() {
        return held.count() == config.streams().size();
    }

    /** Takes note that a table is filled. */
    void filled(StreamTarget stream) {
        if (held.holds(stream)) {
            held.forget(stream);
            progress.held(held.texts());
        }
    }

    /**
     * Begins a fill, if it is needed and nobody else is at it.
     *
     * @param followUntil until when it may go on with a snapshot that is under way
     */
    Outcome begin(StreamTarget stream, SchemaSource schemas, Instant followUntil)
            throws SQLException, InterruptedException {
        return orHold(stream, () -> {
            Connection c = db == null ? consumer.open() : db;
            db = c;
            StreamReader r = reader == null ? readers.alone() : reader;
            reader = r;
            String version = schemas.newestVersion(stream.topic());
            StreamFill begun = StreamFill.begin(
                    c, config, stream, schemas.schema(stream.topic(), version), schemas, r, clock, followUntil);
            if (begun == null) {
                return notNeeded(c, stream);
            }
            target = stream;
            fill = begun;
            return Outcome.WORKING;
        });
    }

    private Outcome notNeeded(Connection c, StreamTarget stream) throws SQLException {
        boolean done = rows.read(c).stream()
                .filter(row -> row.stream().equals(stream.stream()))
                .anyMatch(StreamRow::filled);
        c.commit();
        if (done) {
            filled(stream);
            return Outcome.FILLED;
        }
        held.putOff(stream);
        return Outcome.ELSEWHERE;
    }

    /** Does a bounded piece of the fill that is under way. */
    Outcome work() throws SQLException, InterruptedException {
        StreamFill running = fill;
        StreamTarget stream = target;
        if (running == null || stream == null) {
            throw new IllegalStateException("No fill is under way");
        }
        return orHold(stream, () -> {
            int done = running.work();
            progress.fillRows(running.rows());
            if (done >= 0) {
                return done > 0 ? Outcome.WORKING : Outcome.IDLE;
            }
            fill = null;
            filled(stream);
            return Outcome.FILLED;
        });
    }

    private Outcome orHold(StreamTarget stream, Piece piece) throws SQLException, InterruptedException {
        try {
            return piece.run();
        } catch (FreshetException e) {
            if (!isOfOneStream(e) && !(e instanceof RetriableException && triedBeside(stream))) {
                throw e;
            }
            return hold(stream, String.valueOf(e.getMessage()), e);
        } catch (SQLException e) {
            if (DbErrors.connectionLost(e) && !triedBeside(stream)) {
                throw e;
            }
            // a later version of the row, or an altered table, may mend it
            return hold(stream, DbErrors.describe(e, config.showData()), e);
        }
    }

    /** Whether others are being applied meanwhile, and so find out by themselves what concerns them too. */
    private boolean triedBeside(StreamTarget stream) {
        return held.holds(stream);
    }

    private static boolean isOfOneStream(FreshetException e) {
        return e instanceof ConfigurationException
                || e instanceof RecordException
                || e instanceof ForeignRecordException
                || e instanceof MissingSchemaException
                || e instanceof FillException
                || e instanceof LossException;
    }

    private Outcome hold(StreamTarget stream, String reason, Exception cause) {
        close();
        Duration wait = held.hold(stream, reason);
        progress.held(held.texts());
        LOG.error(
                "Replica '{}' cannot fill {} for stream '{}' and tries again in {}; its other streams go on: {}",
                config.name(),
                stream.table(),
                stream.stream(),
                DurationText.of(wait),
                reason);
        LOG.debug("The cause", cause);
        return Outcome.HELD;
    }

    /** Gives up the fill that is under way, and what it was done with; what is held stays so. */
    @Override
    public void close() {
        StreamFill f = fill;
        StreamReader r = reader;
        Connection c = db;
        fill = null;
        reader = null;
        db = null;
        Resources.close(f, r, c);
    }
}
