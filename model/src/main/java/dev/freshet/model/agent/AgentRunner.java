package dev.freshet.model.agent;

import dev.freshet.model.RetriableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs one agent on a thread of its own until it is closed or the agent fails.
 *
 * <p>Idle, it waits ever longer up to the idle limit; after a {@link RetriableException} it waits ever longer up to the
 * retry limit. {@link #lastReturn()} tells whether the work still moves. All methods may be called by any thread.
 */
public final class AgentRunner implements AutoCloseable {
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final long FIRST_IDLE_NANOS = 50_000;

    private final Agent agent;
    private final InstantSource clock;
    private final Duration idleLimit;
    private final Duration retryLimit;
    private final Outage outage;
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    private final Thread thread;
    private volatile boolean closing;
    private volatile Instant lastReturn;
    private volatile @Nullable RetriableException retrying;

    private AgentRunner(Agent agent, InstantSource clock, Duration idleLimit, Duration retryLimit, FaultLog log) {
        this.agent = agent;
        this.clock = clock;
        this.idleLimit = idleLimit;
        this.retryLimit = retryLimit;
        this.outage = new Outage(agent.name(), clock, log);
        this.lastReturn = clock.instant();
        this.thread = new Thread(this::run, agent.name());
        this.thread.setDaemon(true);
    }

    /**
     * Starts the agent.
     *
     * @param agent the agent; closed when the work ends
     * @param clock the clock for {@link #lastReturn()} and for what is told of faults
     * @param idleLimit the longest wait after a call without work, above zero
     * @param retryLimit the longest wait after a passing fault, above zero
     * @param log told of passing faults
     */
    public static AgentRunner start(
            Agent agent, InstantSource clock, Duration idleLimit, Duration retryLimit, FaultLog log) {
        if (idleLimit.isNegative() || idleLimit.isZero() || retryLimit.isNegative() || retryLimit.isZero()) {
            throw new IllegalArgumentException(
                    "Limits must be above zero: idle " + idleLimit + ", retry " + retryLimit);
        }
        AgentRunner runner = new AgentRunner(agent, clock, idleLimit, retryLimit, log);
        runner.thread.start();
        return runner;
    }

    private void run() {
        Throwable failure = null;
        try {
            loop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        try {
            agent.close();
        } catch (RuntimeException e) {
            if (failure == null) {
                failure = e;
            } else {
                failure.addSuppressed(e);
            }
        }
        if (failure == null) {
            ended.complete(null);
        } else {
            ended.completeExceptionally(failure);
        }
    }

    private void loop() throws InterruptedException {
        long idleNanos = FIRST_IDLE_NANOS;
        Duration retryWait = FIRST_RETRY;
        while (!closing) {
            int done;
            try {
                done = agent.doWork();
                retrying = null;
                outage.worked();
                retryWait = FIRST_RETRY;
            } catch (RetriableException e) {
                retrying = e;
                outage.fault(e);
                pause(retryWait);
                retryWait = min(retryWait.multipliedBy(2), retryLimit);
                continue;
            } finally {
                lastReturn = clock.instant();
            }
            if (done > 0) {
                idleNanos = FIRST_IDLE_NANOS;
            } else {
                pause(Duration.ofNanos(idleNanos));
                idleNanos = Math.min(idleNanos * 2, idleLimit.toNanos());
            }
        }
    }

    private void pause(Duration wait) throws InterruptedException {
        long until = System.nanoTime() + wait.toNanos();
        long left = wait.toNanos();
        while (!closing && left > 0) {
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                throw new InterruptedException("The agent '" + agent.name() + "' was interrupted while it waited");
            }
            left = until - System.nanoTime();
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** Returns the agent's name. */
    public String name() {
        return agent.name();
    }

    /** Returns when the agent last came back from a piece of work, or when it was started. */
    public Instant lastReturn() {
        return lastReturn;
    }

    /** Returns the passing fault over which the agent is waiting, or null if it works. */
    public @Nullable RetriableException retrying() {
        return retrying;
    }

    /** Returns the end of the work: normal, or with the failure that stopped it. */
    public CompletableFuture<?> ended() {
        return ended.copy();
    }

    /** Returns whether the agent is at work. */
    public boolean isRunning() {
        return !ended.isDone();
    }

    /**
     * Ends the agent after its current piece of work and waits for it, at most for the given time; then interrupts it.
     *
     * @param limit how long to wait before, and once more after the interrupt
     * @return whether it has ended
     */
    public boolean close(Duration limit) {
        closing = true;
        LockSupport.unpark(thread);
        if (awaitEnd(limit)) {
            return true;
        }
        thread.interrupt();
        return awaitEnd(limit);
    }

    private boolean awaitEnd(Duration limit) {
        try {
            ended.handle((result, failure) -> true).get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("An outcome that is handled cannot fail", e);
        }
    }

    /** Ends the agent and waits up to ten seconds, and ten more after an interrupt. */
    @Override
    public void close() {
        close(Duration.ofSeconds(10));
    }
}
