package dev.freshet.replica.agent;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.LossException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.agent.Agent;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.ReplicaStatus;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.apply.RecordException;
import dev.freshet.replica.fill.StreamFill;
import dev.freshet.replica.state.ConsumerDb;
import dev.freshet.replica.state.DbErrors;
import dev.freshet.replica.state.StateTables;
import dev.freshet.replica.state.StreamRow;
import dev.freshet.replica.state.StreamRows;
import dev.freshet.stream.StreamReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a replica's tables into being and keeps them: prepares, fills what is not filled (or waits for who does), then
 * applies. After every fault it gives up all that it held and prepares again, from what the database says.
 */
public final class ReplicaAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaAgent.class);

    private final ReplicaConfig config;
    private final Readers readers;
    private final InstantSource clock;
    private final Progress progress;
    private final ConsumerDb consumer;
    private final StreamRows rows;
    private @Nullable Connection db;
    private @Nullable LiveApply live;
    private @Nullable StreamFill fill;
    private @Nullable StreamReader fillReader;
    private @Nullable Sources found;
    private boolean finding;
    private Instant frozenLookedFor = Instant.MIN;

    /** Creates the agent; it connects when it works. */
    public ReplicaAgent(ReplicaConfig config, Readers readers, InstantSource clock, Progress progress) {
        this.config = config;
        this.readers = readers;
        this.clock = clock;
        this.progress = progress;
        this.consumer = new ConsumerDb(config);
        this.rows = new StreamRows(config.name());
    }

    @Override
    public String name() {
        return "replica/" + config.name();
    }

    @Override
    public int doWork() throws InterruptedException {
        try {
            if ((live != null || fill != null) && progress.sources() == null) {
                letGo();
            }
            if (live != null) {
                return live.work();
            }
            return fill != null ? workFill(fill) : prepare();
        } catch (SQLException e) {
            boolean filling = fill != null;
            letGo();
            if (filling && DbErrors.ofData(e)) {
                // a later version of the row, or an altered table, may mend it
                throw passing(new RetriableException(
                        "A table of replica '" + config.name() + "' cannot be filled: "
                                + DbErrors.describe(e, config.showData()) + "; the fill begins again",
                        e));
            }
            throw passing(DbErrors.wrap("Replica '" + config.name() + "' lost its work in its database", e));
        } catch (RecordException e) {
            letGo();
            throw passing(new RetriableException(e.getMessage() + "; the fill begins again", e));
        } catch (LossException e) {
            return lost(e);
        } catch (RuntimeException | InterruptedException e) {
            letGo();
            if (e instanceof RuntimeException r) {
                passing(r);
            }
            throw e;
        }
    }

    private RuntimeException passing(RuntimeException e) {
        if (e instanceof RetriableException) {
            progress.state(progress.state(), e.getMessage());
        } else {
            progress.state(ReplicaStatus.State.STOPPED, String.valueOf(e.getMessage()));
        }
        return e;
    }

    /** Connects, makes what is missing, and decides what comes next. */
    private int prepare() throws SQLException, InterruptedException {
        Sources sources = sources();
        Connection c = db;
        if (c == null) {
            c = consumer.open();
            db = c;
            StateTables.create(c);
            rows.ensure(c, config.streams());
            c.commit();
        }
        // only now, since whoever sees them reads the tables that were just made
        progress.sources(sources);
        Map<String, StreamRow> known =
                rows.read(c).stream().collect(Collectors.toMap(StreamRow::stream, Function.identity()));
        c.commit();
        boolean missing = false;
        for (StreamTarget t : sources.readiestFirst(config.streams())) {
            StreamRow row = known.get(t.stream());
            if (row == null || !row.filled()) {
                missing = true;
                if (beginFill(c, sources, t)) {
                    progress.state(ReplicaStatus.State.FILLING, row == null ? null : row.refill());
                    return 1;
                }
            }
        }
        if (missing) {
            standBy(c);
            return 0;
        }
        LiveApply next = new LiveApply(config, consumer, c, readers.inGroup(), sources, clock, progress);
        live = next;
        next.join();
        progress.state(ReplicaStatus.State.RUNNING, null);
        return 1;
    }

    /** Nobody but this agent closes lost sources: only here it is sure that it has let go of them. */
    private Sources sources() throws InterruptedException {
        Sources known = progress.sources();
        if (known != null) {
            return known;
        }
        Sources mine = found;
        if (mine != null && progress.isLost(mine)) {
            found = null;
            finding = true;
            mine.close();
            mine = null;
        }
        if (mine == null) {
            try {
                mine = Sources.open(config, readers);
            } catch (ConfigurationException e) {
                if (!finding) {
                    throw e;
                }
                // it was right before the ledger was lost: the relay has not written the new one yet
                throw new RetriableException(
                        "Replica '" + config.name() + "' waits for a new ledger: " + e.getMessage(), e);
            }
            found = mine;
            finding = false;
        }
        return mine;
    }

    private boolean beginFill(Connection c, Sources sources, StreamTarget target)
            throws SQLException, InterruptedException {
        String version = sources.newestVersion(target.topic());
        SchemaRecord schema = sources.schema(target.topic(), version);
        StreamReader reader = fillReader;
        if (reader == null) {
            reader = readers.alone();
            fillReader = reader;
        }
        fill = StreamFill.begin(c, config, target, schema, sources, reader, clock);
        return fill != null;
    }

    private void standBy(Connection c) throws SQLException {
        progress.state(ReplicaStatus.State.WAITING, "another instance fills the tables");
        Instant now = clock.instant();
        if (now.isAfter(frozenLookedFor.plus(config.sessions().idleInTransaction()))) {
            frozenLookedFor = now;
            int ended = consumer.endFrozen(c);
            if (ended > 0) {
                LOG.warn("Replica '{}' has ended {} frozen sessions of a filler", config.name(), ended);
            }
        }
    }

    private int workFill(StreamFill running) throws SQLException, InterruptedException {
        int done = running.work();
        progress.fillRows(running.rows());
        if (done < 0) {
            fill = null;
            return 1;
        }
        return done;
    }

    /** Something that the copy has not read is gone from the topic: only a new fill helps. */
    private int lost(LossException e) {
        boolean applying = live != null;
        letGo();
        if (!applying) {
            throw passing(new RetriableException(
                    "The fill of replica '" + config.name() + "' begins again: " + e.getMessage(), e));
        }
        LOG.error("Replica '{}' has its tables filled anew: {}", config.name(), e.getMessage());
        try (Connection c = consumer.open()) {
            List<StreamRow> known = rows.read(c);
            for (StreamRow row : known) {
                if (String.valueOf(e.getMessage()).contains(row.topic())
                        && rows.refill(c, row.stream(), row.fill(), String.valueOf(e.getMessage()))) {
                    rows.fence(c, row.stream());
                }
            }
            rows.withdraw(c, String.valueOf(e.getMessage()), true);
            c.commit();
        } catch (SQLException further) {
            throw passing(
                    DbErrors.wrap("Replica '" + config.name() + "' could not note that it must be filled", further));
        }
        return 1;
    }

    private void letGo() {
        LiveApply l = live;
        StreamFill f = fill;
        StreamReader r = fillReader;
        Connection c = db;
        live = null;
        fill = null;
        fillReader = null;
        db = null;
        Resources.close(l, f, r, c);
    }

    @Override
    public void close() {
        letGo();
        if (found != null && progress.sources() == null) {
            found.close();
        }
    }
}
