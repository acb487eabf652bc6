package dev.freshet.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Ends the service between two steps of publishing, at once and with nothing finished, as {@code kill -9} does: in each life
 * after another step of another way, until all had their turn. Thread-safe.
 */
final class Steps {
    /** What the service ends with. */
    static final int STATUS = 97;

    private static final int LEAST_TIMES = 100;
    private static final int TIMES_SPREAD = 200;

    /** What has just been done. */
    enum Step {
        /** The transaction was begun. */
        BEGUN,
        /** The event's key is locked. */
        LOCKED,
        /** The oracle has its row. */
        TOLD,
        /** The event was given to be published. */
        PUBLISHED,
        /** The transaction was committed, and nothing else. */
        COMMITTED,
        /** By {@link Way#DIRECT}: its stage is complete, and nobody knows it yet. */
        ANSWERED
    }

    private record End(Way way, Step step) {}

    private final @Nullable End end;
    private final AtomicInteger left;

    private Steps(@Nullable End end, int times) {
        this.end = end;
        this.left = new AtomicInteger(times);
    }

    /** Steps of which none is the last. */
    static Steps endless() {
        return new Steps(null, 0);
    }

    /**
     * Steps of which one is the last, some time after the start.
     *
     * @param life counts the processes, from 1
     */
    static Steps of(long seed, int life) {
        List<End> ends = new ArrayList<>();
        for (Way way : Way.values()) {
            for (Step step : Step.values()) {
                if (step != Step.ANSWERED || way == Way.DIRECT) {
                    ends.add(new End(way, step));
                }
            }
        }
        Collections.shuffle(ends, new Random(seed));
        int times = LEAST_TIMES + new Random(seed + life).nextInt(TIMES_SPREAD);
        return new Steps(ends.get((life - 1) % ends.size()), times);
    }

    /** Tells that a step is done; does not return if it is the last one. */
    void done(Way way, Step step) {
        if (end != null && end.way == way && end.step == step && left.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(STATUS);
        }
    }
}
