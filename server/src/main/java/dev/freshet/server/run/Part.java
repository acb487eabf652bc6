package dev.freshet.server.run;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.LossException;
import dev.freshet.model.RetriableException;
import dev.freshet.server.config.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One part of a server that is kept going: started, and started again after a failure that may pass.
 *
 * <p>Passing faults ({@link RetriableException}) the part itself tries again. What ends it with a {@link
 * ConfigurationException} can be mended outside (a right, a table), so it is started again after a pause, which doubles up to
 * a limit and begins anew once the part has run for as long as that. What ends it with a {@link LossException} needs a person's
 * word, which is in the ledger once it is given: it is started again after the longest pause, to look for it. Everything else
 * (what our own code forbids) stays ended until a person has looked: better a stopped part than a wrong one.
 *
 * @param <R> the running part
 */
final class Part<R extends Running> {
    /** Stands behind what a loss tells. */
    static final String LOOKS_AGAIN = ". Whether that has been done is looked at every ";

    private static final Logger LOG = LoggerFactory.getLogger(Part.class);

    private final String name;
    private final Supplier<R> starter;
    private final BooleanSupplier mayStart;
    private final Duration firstPause;
    private final Duration longestPause;
    private final InstantSource clock;
    private @Nullable R running;
    private @Nullable R ended;
    private @Nullable Throwable failure;
    private @Nullable Instant restartAt;
    private Instant startedAt;
    private Duration pause;
    private boolean closed;

    /**
     * Creates a part; nothing is started yet.
     *
     * @param name for messages, such as {@code source shop}
     * @param starter starts it; returns at once
     * @param mayStart asked before each start; while it says no, the start waits
     * @param firstPause the first pause before it is started again
     * @param longestPause the longest
     * @param clock the clock for the pauses
     */
    Part(
            String name,
            Supplier<R> starter,
            BooleanSupplier mayStart,
            Duration firstPause,
            Duration longestPause,
            InstantSource clock) {
        this.name = name;
        this.starter = starter;
        this.mayStart = mayStart;
        this.firstPause = firstPause;
        this.longestPause = longestPause;
        this.clock = clock;
        this.pause = firstPause;
        this.startedAt = Instant.EPOCH;
        this.restartAt = Instant.MIN;
    }

    String name() {
        return name;
    }

    /** Starts the part if it is due, and takes note if it has ended. */
    void tick() {
        try {
            close(endedBeforeAStart());
            startIfDue();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** What has ended may still tell why, as a replica does in its database, until the next one begins. */
    private synchronized @Nullable R endedBeforeAStart() {
        R current = running;
        if (current != null && current.ended().isDone()) {
            running = null;
            ended = current;
            failed(causeOf(current));
        }
        return isDue() ? takeEnded() : null;
    }

    private synchronized void startIfDue() {
        if (isDue()) {
            restartAt = null;
            startedAt = clock.instant();
            running = starter.get();
        }
    }

    private boolean isDue() {
        return running == null
                && !closed
                && restartAt != null
                && !clock.instant().isBefore(restartAt)
                && mayStart.getAsBoolean();
    }

    private @Nullable R takeEnded() {
        R last = ended;
        ended = null;
        return last;
    }

    /** Not under the lock: it may take long, and whoever asks how the part is does not wait for it. */
    private static void close(@Nullable Running last) {
        if (last != null) {
            last.close();
        }
    }

    private synchronized void failed(@Nullable Throwable cause) {
        failure = cause;
        boolean lost = cause instanceof LossException;
        boolean mayPass = lost || cause instanceof ConfigurationException || cause instanceof RetriableException;
        Instant now = clock.instant();
        if (startedAt.plus(longestPause).isBefore(now)) {
            pause = firstPause;
        }
        Duration wait = lost ? longestPause : pause;
        restartAt = mayPass && !closed ? now.plus(wait) : null;
        pause = wait.multipliedBy(2).compareTo(longestPause) < 0 ? wait.multipliedBy(2) : longestPause;
        if (cause == null) {
            LOG.info("{} has ended", name);
        } else if (restartAt != null && lost) {
            LOG.error("{} has stopped: {}", name, message(cause));
        } else if (restartAt != null) {
            LOG.error("{} has stopped and is started again in {}: {}", name, Durations.format(wait), message(cause));
        } else if (cause instanceof dev.freshet.model.FreshetException) {
            LOG.error("{} has stopped and stays so until the server is started again: {}", name, message(cause));
        } else {
            LOG.error("{} has stopped by a fault of Freshet's own; please report this", name, cause);
        }
    }

    private static @Nullable Throwable causeOf(Running ended) {
        try {
            ended.ended().get();
            return null;
        } catch (ExecutionException | CompletionException e) {
            return e.getCause() == null ? e : e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e;
        }
    }

    private String message(Throwable cause) {
        String told = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return cause instanceof LossException && !closed ? told + LOOKS_AGAIN + Durations.format(longestPause) : told;
    }

    /** Returns the part at work, or null if it is not. */
    synchronized @Nullable R running() {
        return running != null && running.ended().isDone() ? null : running;
    }

    /** Returns why it is not at work; null if it never failed since its last start. */
    synchronized @Nullable String failureMessage() {
        R current = running;
        if (current != null && !current.ended().isDone()) {
            return null;
        }
        Throwable cause = current == null ? failure : causeOf(current);
        return cause == null ? null : message(cause);
    }

    /**
     * Says if the part is at work, but has not come back from a piece of it for longer than the limit.
     *
     * @return a sentence, or null if it moves, or is not at work, which other checks tell
     */
    synchronized @Nullable String stuck(Duration limit) {
        if (running == null || running.ended().isDone()) {
            return null;
        }
        Duration away = Duration.between(running.lastReturn(), clock.instant());
        return away.compareTo(limit) <= 0
                ? null
                : name + " has not come back from its work for " + away.toSeconds() + " s (http.live-limit is "
                        + limit.toSeconds() + " s)";
    }

    /** Ends it for good. */
    void close() {
        R last;
        synchronized (this) {
            closed = true;
            restartAt = null;
            last = running == null ? takeEnded() : running;
        }
        close(last);
    }
}
