package dev.freshet.simulation;

import dev.freshet.capture.polling.Poller;
import dev.freshet.capture.polling.PollingRuntime;
import dev.freshet.model.FreshetException;
import dev.freshet.model.agent.Agent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The pollers of one process, in the place of the threads that they would have: each step lets all of them work. */
final class SimPollers implements PollingRuntime, Agent {
    private final InstantSource clock;
    private final IntConsumer followed;
    private final List<Poller> pollers = new ArrayList<>();
    private @Nullable Poller atWork;

    /**
     * Creates it.
     *
     * @param followed told of the epoch under which a log is begun
     */
    SimPollers(InstantSource clock, IntConsumer followed) {
        this.clock = clock;
        this.followed = followed;
    }

    @Override
    public long nanoTime() {
        return Duration.between(Instant.EPOCH, clock.instant()).toNanos();
    }

    @Override
    public Duration held(Duration wait) {
        return Duration.ZERO;
    }

    @Override
    public Runnable start(Poller poller) {
        followed.accept(poller.epoch());
        pollers.add(poller);
        return () -> end(poller);
    }

    private void end(Poller poller) {
        poller.stop();
        if (poller == atWork) {
            // it stands still in the midst of something
            poller.cut();
        } else if (pollers.remove(poller)) {
            poller.close();
        }
    }

    @Override
    public int doWork() throws InterruptedException {
        int done = 0;
        for (Poller poller : List.copyOf(pollers)) {
            atWork = poller;
            try {
                done += poller.doWork();
            } catch (FreshetException e) {
                pollers.remove(poller);
                poller.fail(e);
            } finally {
                atWork = null;
            }
        }
        return done;
    }

    @Override
    public String name() {
        return "pollers";
    }

    @Override
    public void close() {
        // their ends are with their logs
    }
}
