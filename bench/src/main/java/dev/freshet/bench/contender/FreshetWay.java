package dev.freshet.bench.contender;

import dev.freshet.bench.process.Contender;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Freshet's whole way in one process: a relay, and a replica that copies its stream. */
public final class FreshetWay implements Contender {
    private static final Duration TOPIC_LIMIT = Duration.ofMinutes(1);
    private static final long PAUSE_NANOS = 5_000_000;

    private final FreshetRelay relay = new FreshetRelay();
    private final FreshetReplica replica = new FreshetReplica();

    /** Creates the contender. */
    public FreshetWay() {}

    @Override
    public void start(Settings settings, Signals signals) {
        relay.start(settings, signals);
        // a replica ends at once if its topic does not exist
        long deadline = System.nanoTime() + TOPIC_LIMIT.toNanos();
        while (!relay.leads()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The relay did not lead within " + TOPIC_LIMIT);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        replica.start(settings, signals);
    }

    @Override
    public void stop() {
        replica.stop();
        relay.stop();
    }
}
