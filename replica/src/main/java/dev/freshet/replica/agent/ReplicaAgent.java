package dev.freshet.replica.agent;

import dev.freshet.model.LossException;
import dev.freshet.model.agent.Agent;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.ReplicaStatus;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.CopyStore;
import dev.freshet.replica.port.StoreException;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.stream.MissingRecordsException;
import dev.freshet.stream.Partition;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a replica's tables: prepares, says what is to be filled ({@link FillAgent} does that), and as soon as one table is
 * filled, by whichever instance, joins the group and applies. The partitions of a stream whose table is not filled are left
 * out until it is, and a stream whose topic is missing is not applied. After every fault it gives up all that it held and
 * prepares again, from what the database says.
 */
public final class ReplicaAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaAgent.class);
    private static final Duration POLL = Duration.ofMillis(100);

    private final ReplicaConfig config;
    private final Readers readers;
    private final InstantSource clock;
    private final Progress progress;
    private final Workplace place;
    private @Nullable LiveApply live;

    /** Creates the agent; it connects when it works. */
    public ReplicaAgent(
            ReplicaConfig config, Readers readers, CopyStore store, InstantSource clock, Progress progress) {
        this.config = config;
        this.readers = readers;
        this.clock = clock;
        this.progress = progress;
        this.place = new Workplace(config, readers, store, progress);
    }

    @Override
    public String name() {
        return "replica/" + config.name();
    }

    @Override
    public int doWork() throws InterruptedException {
        try {
            if (live != null && progress.sources() == null) {
                letGo();
            }
            place.closeLost();
            CopySession c = place.session();
            return live == null || c == null ? prepare() : apply(live, c);
        } catch (StoreException e) {
            letGo();
            throw place.lostWork(e);
        } catch (LossException e) {
            return lost(e);
        } catch (RuntimeException | InterruptedException e) {
            letGo();
            if (e instanceof RuntimeException r) {
                place.passing(r);
            }
            throw e;
        }
    }

    /** Connects, makes what is missing, and decides what comes next. */
    private int prepare() throws InterruptedException {
        Sources sources = place.sources();
        CopySession c = place.open(sources);
        if (!tellToFill(c, sources)) {
            whileNoneIsFilled();
            return 0;
        }
        LiveApply next = new LiveApply(config, c, readers.inGroup(), readers::deadLetters, sources, clock, progress);
        live = next;
        next.join();
        progress.state(ReplicaStatus.State.RUNNING, null);
        return 1;
    }

    /**
     * Asks the database which streams are filled, and tells the filling agent the others and those that are missing; returns
     * whether one can be applied.
     */
    private boolean tellToFill(CopySession c, Sources sources) {
        Set<String> filled = c.streams().read().stream()
                .filter(StreamRow::filled)
                .map(StreamRow::stream)
                .collect(Collectors.toSet());
        c.commit();
        List<StreamTarget> toFill = config.streams().stream()
                .filter(t -> !filled.contains(t.stream()) || !sources.knows(t.topic()))
                .toList();
        progress.toFill(toFill);
        return toFill.size() < config.streams().size();
    }

    private void whileNoneIsFilled() throws InterruptedException {
        if (progress.held().size() == config.streams().size()) {
            progress.state(ReplicaStatus.State.RETRYING, null);
        } else {
            switch (progress.filling()) {
                case HERE -> progress.state(ReplicaStatus.State.FILLING, null);
                case ELSEWHERE -> progress.state(ReplicaStatus.State.WAITING, "another instance fills the tables");
                case NOWHERE -> progress.state(ReplicaStatus.State.STARTING, null);
            }
        }
        progress.idle(POLL);
    }

    private int apply(LiveApply running, CopySession c) throws InterruptedException {
        Sources sources = place.knownSources();
        if (sources != null && progress.takeFilled()) {
            tellToFill(c, sources);
            running.takeUpLeftOut();
        }
        return running.work(POLL);
    }

    /** Something that the copy has not read is gone from the topic: only a new fill helps. */
    private int lost(LossException e) {
        boolean applying = live != null;
        letGo();
        if (!applying) {
            throw place.preparesAgain(e);
        }
        LOG.error("Replica '{}' has its tables filled anew: {}", config.name(), e.getMessage());
        Set<Partition> lost = e instanceof MissingRecordsException missing ? missing.partitions() : Set.of();
        Set<String> topics = lost.stream().map(Partition::topic).collect(Collectors.toSet());
        place.refill(c -> true, row -> topics.contains(row.topic()), String.valueOf(e.getMessage()));
        return 1;
    }

    private void letGo() {
        LiveApply l = live;
        live = null;
        place.letGo(l);
    }

    @Override
    public void close() {
        letGo();
        place.close();
    }
}
