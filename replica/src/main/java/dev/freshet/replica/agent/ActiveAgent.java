package dev.freshet.replica.agent;

import dev.freshet.model.DurationText;
import dev.freshet.model.agent.Agent;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.port.ActiveRow;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.CopyStore;
import dev.freshet.replica.port.StoreException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has this instance of a {@code per-transaction} replica become the active one where none is, and says that it is there. It
 * has a thread of its own, so that a statement that takes long loses nothing; whoever is frozen as a whole is not heard of
 * any more, and another one takes over after the time for which a report of freshness is valid.
 *
 * <p>It only chooses who works: what fences a former active instance is that each commit names the generation.
 */
public final class ActiveAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveAgent.class);
    private static final AtomicLong INSTANCES = new AtomicLong();
    private static final int SIGNS_OF_LIFE = 4;

    private final ReplicaConfig config;
    private final CopyStore store;
    private final InstantSource clock;
    private final Progress progress;
    private final String instance;
    private @Nullable CopySession db;
    private Instant next = Instant.MIN;

    /** Creates the agent; it connects when it works. */
    public ActiveAgent(ReplicaConfig config, CopyStore store, InstantSource clock, Progress progress) {
        this.config = config;
        this.store = store;
        this.clock = clock;
        this.progress = progress;
        this.instance = ManagementFactory.getRuntimeMXBean().getName() + '/' + INSTANCES.incrementAndGet();
    }

    @Override
    public String name() {
        return "active/" + config.name();
    }

    @Override
    public int doWork() {
        Instant now = clock.instant();
        if (now.isBefore(next) || progress.sources() == null) {
            // the state's tables are made before sources are told
            return 0;
        }
        try {
            CopySession c = db;
            if (c == null) {
                c = store.open();
                db = c;
            }
            long ours = progress.generation();
            if (ours == 0 || !c.active().renew(ours)) {
                if (ours != 0) {
                    LOG.warn("Replica '{}': another instance has become the active one", config.name());
                }
                seek(c);
            }
            c.commit();
            next = progress.generation() == 0 ? now : now.plus(silence().dividedBy(SIGNS_OF_LIFE));
            return 0;
        } catch (StoreException e) {
            Resources.close(db);
            db = null;
            if (e.kind() == StoreException.Kind.LOCK_TIMEOUT) {
                endFrozen();
            }
            throw e.during("Replica '" + config.name() + "' could not tell which of its instances is active");
        }
    }

    /** A former active instance that froze just before its commit holds the row's lock. */
    private void endFrozen() {
        try (CopySession c = store.open()) {
            c.endFrozen();
        } catch (StoreException e) {
            LOG.debug("Frozen sessions could not be ended; it is tried again", e);
        }
    }

    private void seek(CopySession c) {
        Duration silence = silence();
        Optional<ActiveRow.Active> active = c.active().read(silence);
        if (active.isPresent()
                && active.get().heard()
                && !active.get().instance().equals(instance)) {
            progress.active(active.get().instance(), 0);
            return;
        }
        Optional<Long> generation = c.active().claim(instance, silence);
        c.commit();
        progress.active(generation.isPresent() ? instance : null, generation.orElse(0L));
        generation.ifPresent(g -> LOG.info(
                "Replica '{}': this instance ({}) is the active one now{}",
                config.name(),
                instance,
                active.map(a -> ", since " + a.instance() + " was not heard of for " + DurationText.of(silence))
                        .orElse("")));
    }

    private Duration silence() {
        return config.limits().freshnessValid();
    }

    @Override
    public void close() {
        CopySession c = db;
        db = null;
        long ours = progress.generation();
        progress.active(null, 0);
        if (c != null && ours != 0) {
            try {
                c.active().release(ours);
                c.commit();
            } catch (StoreException e) {
                LOG.debug("Another instance takes over once this one was not heard of for a while", e);
            }
        }
        Resources.close(c);
    }
}
