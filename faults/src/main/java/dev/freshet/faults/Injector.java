package dev.freshet.faults;

import dev.freshet.faults.Fault.Kind;
import java.io.IOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes faults happen beside one another, each on a thread of its own; of one process or link only one at a time. Thread-safe.
 */
final class Injector implements AutoCloseable {
    private static final int MOST = 64;

    private final Map<String, Victim> victims = new HashMap<>();
    private final Map<String, Link> links = new HashMap<>();
    private final Map<String, Semaphore> free = new HashMap<>();
    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Semaphore underWay = new Semaphore(MOST);
    private final Consumer<String> tell;
    private volatile @Nullable Exception failure;

    Injector(FaultWorld world, Consumer<String> tell) {
        this.tell = tell;
        world.victims().forEach(v -> victims.put(v.name(), v));
        world.links().forEach(l -> links.put(l.name(), l));
        victims.keySet().forEach(name -> free.put(name, new Semaphore(1)));
        links.keySet().forEach(name -> free.put(name, new Semaphore(1)));
    }

    /** Begins a fault, once the last one of its victim is over. */
    void inject(Fault fault) throws InterruptedException {
        underWay.acquire();
        threads.execute(() -> {
            try {
                Semaphore turn = free.get(fault.victim());
                if (turn == null) {
                    throw new IllegalArgumentException("There is no '" + fault.victim() + "' in this world");
                }
                turn.acquire();
                try {
                    happen(fault);
                } finally {
                    turn.release();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = e;
            } catch (IOException | RuntimeException e) {
                failure = e;
            } finally {
                underWay.release();
            }
        });
    }

    private void happen(Fault fault) throws IOException, InterruptedException {
        tell.accept(fault.toString());
        Victim victim = victims.get(fault.victim());
        if (victim == null) {
            network(fault, Objects.requireNonNull(links.get(fault.victim())));
        } else if (fault.kind() == Kind.KILL) {
            victim.kill();
            TimeUnit.MILLISECONDS.sleep(fault.millis());
            victim.start();
        } else {
            victim.freeze();
            TimeUnit.MILLISECONDS.sleep(fault.millis());
            victim.thaw();
        }
        synchronized (counts) {
            counts.merge(fault.kind(), 1, Integer::sum);
        }
    }

    private static void network(Fault fault, Link link) throws InterruptedException {
        link.become(
                switch (fault.kind()) {
                    case STALL -> Link.State.STALLED;
                    case CUT -> Link.State.CUT;
                    default -> Link.State.LOSING;
                });
        TimeUnit.MILLISECONDS.sleep(fault.millis());
        link.become(Link.State.WHOLE);
    }

    /** Waits until all faults that were begun are over. */
    void awaitOver() throws InterruptedException {
        underWay.acquire(MOST);
        underWay.release(MOST);
    }

    /** Returns how many faults of this kind are over. */
    int count(Kind kind) {
        synchronized (counts) {
            return counts.getOrDefault(kind, 0);
        }
    }

    /** Returns why a fault could not be made to happen, if one could not. */
    @Nullable
    Exception failure() {
        return failure;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
