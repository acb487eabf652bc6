package dev.freshet.replica.agent;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.DurationText;
import dev.freshet.model.FreshetException;
import dev.freshet.model.LossException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.agent.Agent;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.ReplicaStatus;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.CopyStore;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.RecordException;
import dev.freshet.replica.port.StoreException;
import dev.freshet.stream.BoundaryLimits;
import dev.freshet.stream.BoundaryReader;
import dev.freshet.stream.ForeignRecordException;
import dev.freshet.stream.LedgerReader;
import dev.freshet.stream.MissingRecordsException;
import dev.freshet.stream.Partition;
import dev.freshet.stream.RefillException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the tables of a {@code per-transaction} replica: while this instance is the active one ({@link ActiveAgent} sees to
 * that) it fills them together and moves them together, else it stands by. After every fault it gives up all that it held and
 * prepares again, from what the database says.
 */
public final class WholeAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(WholeAgent.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LEDGER_READ_LIMIT = Duration.ofSeconds(30);
    private static final int BATCHES_AHEAD = 4;
    private static final int RECORDS_AHEAD = 20;

    private final ReplicaConfig config;
    private final Readers readers;
    private final CopyStore store;
    private final InstantSource clock;
    private final Progress progress;
    private final Workplace place;
    private @Nullable WholeApply apply;
    private long generation;
    private boolean atWork;
    private @Nullable Duration lastWait;
    private @Nullable Instant waitUntil;

    /** Creates the agent; it connects when it works. */
    public WholeAgent(ReplicaConfig config, Readers readers, CopyStore store, InstantSource clock, Progress progress) {
        this.config = config;
        this.readers = readers;
        this.store = store;
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
            if (apply != null && (progress.sources() == null || progress.generation() != generation)) {
                letGo();
            }
            place.closeLost();
            WholeApply running = apply;
            return running == null ? prepare() : work(running);
        } catch (RecordException e) {
            return stop(e.partition(), String.valueOf(e.getMessage()));
        } catch (ForeignRecordException e) {
            return stop(e.partition(), String.valueOf(e.getMessage()));
        } catch (StoreException e) {
            if (e.isRefused() && atWork) {
                return stop(null, e.shown());
            }
            letGo();
            if (e.kind() == StoreException.Kind.LOCK_TIMEOUT) {
                endFrozen();
            }
            throw place.lostWork(e);
        } catch (LossException e) {
            return lost(e);
        } catch (RetriableException e) {
            letGo();
            throw place.passing(e);
        } catch (FreshetException e) {
            if (atWork) {
                // a table that does not fit, say: it is told, and may be mended
                return stop(null, String.valueOf(e.getMessage()));
            }
            throw place.passing(e);
        } catch (RuntimeException | InterruptedException e) {
            letGo();
            if (e instanceof RuntimeException r) {
                place.passing(r);
            }
            throw e;
        }
    }

    /** Connects, makes what is missing, and takes the copy over if this is the active instance. */
    private int prepare() throws InterruptedException {
        if (progress.generation() != generation) {
            // what was waited for may be another's by now
            waitUntil = null;
            lastWait = null;
        }
        Instant until = waitUntil;
        if (until != null && clock.instant().isBefore(until)) {
            progress.idle(POLL);
            return 0;
        }
        waitUntil = null;
        atWork = false;
        Sources sources = place.sources();
        LedgerReader ledger = oneLedger(sources);
        CopySession c = place.open(sources);
        long ours = progress.generation();
        if (ours == 0) {
            standBy();
            return 0;
        }
        generation = ours;
        atWork = true;
        BoundaryLimits limits = new BoundaryLimits(
                RECORDS_AHEAD * config.limits().batchRecords(),
                (long) BATCHES_AHEAD * config.limits().batchBytes(),
                Duration.ofSeconds(1),
                LEDGER_READ_LIMIT);
        BoundaryReader reader = BoundaryReader.create(
                readers.alone(),
                ledger,
                config.streams().stream().map(StreamTarget::topic).collect(Collectors.toSet()),
                limits,
                clock);
        try {
            apply = WholeApply.begin(config, c, reader, sources, clock, progress);
        } catch (RuntimeException | InterruptedException e) {
            reader.close();
            throw e;
        }
        progress.takePrepareAgain();
        progress.toFill(apply.isFilling() ? config.streams() : List.of());
        tell(apply);
        return 1;
    }

    private void standBy() throws InterruptedException {
        String active = progress.activeInstance();
        progress.state(
                ReplicaStatus.State.STANDBY,
                active == null ? null : "the instance " + active + " is active; this one stands by");
        progress.idle(POLL);
    }

    private LedgerReader oneLedger(Sources sources) {
        Map<String, String> missing = sources.missing();
        if (!missing.isEmpty()) {
            progress.lose(sources);
            throw new RetriableException(
                    "Replica '" + config.name() + "' has consistency: per-transaction and waits for all"
                            + " of its streams. " + String.join("; ", new TreeMap<>(missing).values()));
        }
        if (sources.ledgers().size() > 1) {
            throw new ConfigurationException("Replica '" + config.name() + "' has consistency: per-transaction, but its"
                    + " streams are of several sources, which have no transaction in common: "
                    + config.streams().stream()
                            .map(t -> "'" + t.stream() + "' of '"
                                    + sources.location(t.topic()).source() + "'")
                            .collect(Collectors.joining(", "))
                    + ". Make a replica for each source, or set consistency: per-key");
        }
        return sources.ledgers().values().iterator().next();
    }

    private int work(WholeApply running) throws InterruptedException {
        if (progress.takePrepareAgain()) {
            throw new RetriableException(
                    "A table of replica '" + config.name() + "' is to be filled anew: this instance prepares again");
        }
        boolean wasFilling = running.isFilling();
        long before = running.steps();
        int done = running.work(POLL);
        if (running.steps() > before && lastWait != null) {
            lastWait = null;
            LOG.info("Replica '{}' goes on: it has moved its copy to a boundary again", config.name());
        }
        if (wasFilling && !running.isFilling()) {
            progress.held(Map.of());
        }
        tell(running);
        return done;
    }

    private void tell(WholeApply running) {
        progress.filling(running.isFilling() ? FillAgent.Place.HERE : FillAgent.Place.NOWHERE);
        progress.state(running.isFilling() ? ReplicaStatus.State.FILLING : ReplicaStatus.State.RUNNING, running.held());
    }

    /** What lies between the copy and the next boundary is gone: only a new fill helps. */
    private int lost(LossException e) {
        letGo();
        if (!(e instanceof RefillException || e instanceof MissingRecordsException)) {
            throw place.preparesAgain(e);
        }
        String reason = String.valueOf(e.getMessage());
        LOG.error("Replica '{}' has its tables filled anew, all together: {}", config.name(), reason);
        if (!place.refill(c -> c.active().renew(generation), row -> true, reason)) {
            LOG.info("Replica '{}': another instance has become the active one, and asks for no fill", config.name());
            progress.active(null, 0);
        }
        return 1;
    }

    /** What cannot be applied stops the copy at its last boundary; it is tried again after a wait. */
    private int stop(@Nullable Partition partition, String reason) {
        WholeApply running = apply;
        boolean filling = running == null || running.isFilling();
        Owned row = running == null ? null : running.owned(partition);
        letGo();
        Duration wait = config.limits().retryAfter(lastWait);
        lastWait = wait;
        waitUntil = clock.instant().plus(wait);
        try (CopySession c = store.open()) {
            if (!c.active().renew(generation)) {
                // what stopped this one is its successor's to find
                waitUntil = null;
                lastWait = null;
                progress.active(null, 0);
                return 1;
            }
            if (row != null && !filling) {
                c.positions().advance(List.of(row.stoppedBecause(reason)));
            }
            c.reports().withdraw(reason, false);
            c.commit();
        } catch (StoreException e) {
            throw place.passing(e.during("Replica '" + config.name() + "' could not note why it has stopped"));
        }
        if (filling) {
            progress.held(config.streams().stream().collect(Collectors.toMap(StreamTarget::stream, t -> reason)));
        }
        progress.state(ReplicaStatus.State.RETRYING, reason);
        LOG.error(
                "Replica '{}': {}; the copy has stopped before it, at its last boundary, and is tried again in {}",
                config.name(),
                reason,
                DurationText.of(wait));
        return 1;
    }

    private void endFrozen() {
        try (CopySession c = store.open()) {
            int ended = c.endFrozen();
            LOG.warn("Replica '{}' waited for a lock in vain; {} frozen sessions were ended", config.name(), ended);
        } catch (StoreException e) {
            LOG.debug("Frozen sessions could not be ended; it is tried again", e);
        }
    }

    private void letGo() {
        WholeApply a = apply;
        apply = null;
        place.letGo(a);
    }

    @Override
    public void close() {
        letGo();
        place.close();
    }
}
