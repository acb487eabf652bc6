package dev.freshet.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs the schedules of many seeds, one after another from a first one on, with as many threads as the machine has processors:
 * each world has one thread. It ends with the first that fails.
 */
final class Campaign {
    private final long firstSeed;
    private final long most;
    private final Duration limit;
    private final Rules rules;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong steps = new AtomicLong();
    private final AtomicLong claims = new AtomicLong();
    private final AtomicLong boundaries = new AtomicLong();
    private final AtomicLong moves = new AtomicLong();
    private final AtomicLong events = new AtomicLong();
    private final AtomicReference<@Nullable Trial> failed = new AtomicReference<>();

    /**
     * What came of it.
     *
     * @param firstSeed the first seed
     * @param schedules how many schedules were run
     * @param steps how many steps they had in all
     * @param claims how many claims of copies were checked
     * @param boundaries how many boundaries of running streams were compared with their tables
     * @param moves how many moves of per-transaction copies were checked
     * @param events how many records of events and dead letters were checked
     * @param took how long it took
     * @param failed the failing schedule with the smallest seed that was found, shrunk, or null
     */
    record Result(
            long firstSeed,
            long schedules,
            long steps,
            long claims,
            long boundaries,
            long moves,
            long events,
            Duration took,
            @Nullable Trial failed) {
        long perMinute() {
            return Math.round(schedules * 60e9 / Math.max(1, took.toNanos()));
        }
    }

    /**
     * Creates a campaign.
     *
     * @param most how many schedules at most
     * @param limit for how long at most; a schedule that was begun is ended
     */
    Campaign(long firstSeed, long most, Duration limit, Rules rules) {
        this.firstSeed = firstSeed;
        this.most = most;
        this.limit = limit;
        this.rules = rules;
    }

    Result run() throws InterruptedException {
        long began = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Thread thread = new Thread(() -> work(began + limit.toNanos()), "simulation-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return new Result(
                firstSeed,
                done.get(),
                steps.get(),
                claims.get(),
                boundaries.get(),
                moves.get(),
                events.get(),
                Duration.ofNanos(System.nanoTime() - began),
                failed.get());
    }

    private void work(long deadline) {
        while (failed.get() == null && System.nanoTime() - deadline < 0) {
            long number = next.getAndIncrement();
            if (number >= most) {
                return;
            }
            Trial trial = Trial.of(firstSeed + number, rules);
            done.incrementAndGet();
            steps.addAndGet(trial.steps());
            claims.addAndGet(trial.claims());
            boundaries.addAndGet(trial.boundaries());
            moves.addAndGet(trial.moves());
            events.addAndGet(trial.events());
            if (trial.failure() != null) {
                failed.accumulateAndGet(trial, (a, b) -> a == null || (b != null && b.seed() < a.seed()) ? b : a);
            }
        }
    }
}
