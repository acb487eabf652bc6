package dev.freshet.direct;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread of its own that runs tasks one after the other, so that what they share needs no lock. An exception that leaves a task
 * is one that our own code forbids: it is told once, and the owner stops.
 */
final class EventLoop implements LanePorts.Tasks {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

    private final String name;
    private final Consumer<Throwable> broken;
    private final ScheduledThreadPoolExecutor executor;

    /**
     * Creates it; its thread starts with the first task.
     *
     * @param broken told of an exception that left a task, on this thread
     */
    EventLoop(String name, Consumer<Throwable> broken) {
        this.name = name;
        this.broken = broken;
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public boolean execute(Runnable task) {
        return schedule(task, 0);
    }

    @Override
    public boolean schedule(Runnable task, long nanos) {
        try {
            ScheduledFuture<?> unused = executor.schedule(() -> guarded(task), nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (RejectedExecutionException e) {
            LOG.trace("{} is stopped", name, e);
            return false;
        }
    }

    @SuppressWarnings("IllegalCatch") // whatever it is, nobody else would tell it
    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("{} has failed and stops; restart the service, and report this as an error of Freshet", name, e);
            broken.accept(e);
        }
    }

    /** Takes no further tasks, and runs the present one to its end. */
    void finish() {
        executor.shutdown();
    }

    /** Takes no further tasks, and runs those that it has; it ends with the last. */
    void finishAll() {
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(true);
        executor.shutdown();
    }

    /** Waits for the last task to end after {@link #finish}. */
    void await(Duration limit) throws InterruptedException {
        if (!executor.awaitTermination(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            LOG.warn("{} did not end within {} s and is interrupted", name, limit.toSeconds());
        }
    }

    /** Runs no further tasks and interrupts the present one. */
    void stop() {
        executor.shutdownNow();
    }
}
