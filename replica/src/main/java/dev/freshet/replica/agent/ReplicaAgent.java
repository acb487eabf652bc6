package dev.freshet.replica.agent;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.LossException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.agent.Agent;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.ReplicaStatus;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.state.ConsumerDb;
import dev.freshet.replica.state.DbErrors;
import dev.freshet.replica.state.StateTables;
import dev.freshet.replica.state.StreamRow;
import dev.freshet.replica.state.StreamRows;
import dev.freshet.stream.MissingRecordsException;
import dev.freshet.stream.Partition;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a replica's tables into being and keeps them: prepares, fills what is not filled (or waits for who does), then
 * applies. A stream whose table cannot be filled is left out, and tried again beside the applying. After every other fault it
 * gives up all that it held and prepares again, from what the database says.
 */
public final class ReplicaAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaAgent.class);
    private static final Duration POLL = Duration.ofMillis(100);

    /** A fill beside the applying waits no longer than this for changes to come. */
    private static final Duration POLL_BESIDE_FILL = Duration.ofMillis(1);

    private final ReplicaConfig config;
    private final Readers readers;
    private final InstantSource clock;
    private final Progress progress;
    private final ConsumerDb consumer;
    private final StreamRows rows;
    private final Fills fills;
    private @Nullable Connection db;
    private @Nullable LiveApply live;
    private @Nullable Sources found;
    private boolean finding;
    private Instant frozenLookedFor = Instant.MIN;
    private @Nullable Instant followUntil;

    /** Creates the agent; it connects when it works. */
    public ReplicaAgent(ReplicaConfig config, Readers readers, InstantSource clock, Progress progress) {
        this.config = config;
        this.readers = readers;
        this.clock = clock;
        this.progress = progress;
        this.consumer = new ConsumerDb(config);
        this.rows = new StreamRows(config.name());
        this.fills = new Fills(config, readers, clock, progress, consumer);
    }

    @Override
    public String name() {
        return "replica/" + config.name();
    }

    @Override
    public int doWork() throws InterruptedException {
        try {
            if ((live != null || fills.active()) && progress.sources() == null) {
                letGo();
            }
            if (live != null) {
                return apply(live);
            }
            return fills.active() ? fill() : prepare();
        } catch (SQLException e) {
            letGo();
            throw passing(DbErrors.wrap("Replica '" + config.name() + "' lost its work in its database", e));
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
        Instant until = followUntil(known);
        boolean missing = false;
        for (StreamTarget t : sources.readiestFirst(config.streams())) {
            StreamRow row = known.get(t.stream());
            if (row != null && row.filled()) {
                fills.filled(t);
                continue;
            }
            // what could not be filled is tried again beside the others, which it then does not keep waiting
            Fills.Outcome begun = fills.holds(t) ? Fills.Outcome.HELD : fills.begin(t, sources, until);
            if (begun == Fills.Outcome.WORKING) {
                progress.state(ReplicaStatus.State.FILLING, null);
                return 1;
            }
            missing |= begun != Fills.Outcome.HELD;
        }
        if (missing) {
            standBy(c);
            return 0;
        }
        fills.close();
        LiveApply next = new LiveApply(config, consumer, c, readers.inGroup(), sources, clock, progress);
        live = next;
        followUntil = null;
        next.join();
        tellApplying();
        return 1;
    }

    /**
     * Until when fills go on with snapshots that are under way. Copies that were applied before are not kept waiting for that;
     * those that are filled only now are, for a while from the first fill on.
     */
    private Instant followUntil(Map<String, StreamRow> known) {
        if (config.streams().size() == 1) {
            return Instant.MAX;
        }
        Instant until = followUntil;
        if (until == null) {
            boolean othersWait = config.streams().stream()
                    .map(t -> known.get(t.stream()))
                    .anyMatch(row -> row != null && row.filled());
            until = othersWait
                    ? Instant.MIN
                    : clock.instant().plus(config.limits().snapshotFollow());
            followUntil = until;
        }
        return until;
    }

    private void tellApplying() {
        progress.state(fills.holdsAll() ? ReplicaStatus.State.RETRYING : ReplicaStatus.State.RUNNING, null);
    }

    /** Applies, and fills beside that what could not be filled before. */
    private int apply(LiveApply running) throws SQLException, InterruptedException {
        int done = running.work(fills.active() ? POLL_BESIDE_FILL : POLL);
        Fills.Outcome outcome = fillBeside();
        if (outcome == Fills.Outcome.FILLED) {
            // now its partitions are to be applied
            letGo();
        } else if (outcome == Fills.Outcome.HELD || outcome == Fills.Outcome.ELSEWHERE) {
            fills.close();
            tellApplying();
        }
        return outcome == Fills.Outcome.IDLE ? done : done + 1;
    }

    private Fills.Outcome fillBeside() throws SQLException, InterruptedException {
        if (fills.active()) {
            return fills.work();
        }
        StreamTarget due = fills.due();
        Sources sources = progress.sources();
        return due == null || sources == null ? Fills.Outcome.IDLE : fills.begin(due, sources, Instant.MAX);
    }

    private int fill() throws SQLException, InterruptedException {
        return fills.work() == Fills.Outcome.IDLE ? 0 : 1;
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

    /** Something that the copy has not read is gone from the topic: only a new fill helps. */
    private int lost(LossException e) {
        boolean applying = live != null;
        letGo();
        if (!applying) {
            throw passing(
                    new RetriableException("Replica '" + config.name() + "' prepares again: " + e.getMessage(), e));
        }
        LOG.error("Replica '{}' has its tables filled anew: {}", config.name(), e.getMessage());
        Set<Partition> lost = e instanceof MissingRecordsException missing ? missing.partitions() : Set.of();
        Set<String> topics = lost.stream().map(Partition::topic).collect(Collectors.toSet());
        try (Connection c = consumer.open()) {
            List<StreamRow> known = rows.read(c);
            for (StreamRow row : known) {
                if (topics.contains(row.topic())
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
        Connection c = db;
        live = null;
        db = null;
        Resources.close(l, fills, c);
    }

    @Override
    public void close() {
        letGo();
        if (found != null && progress.sources() == null) {
            found.close();
        }
    }
}
