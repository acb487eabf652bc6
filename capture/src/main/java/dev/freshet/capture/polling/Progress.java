package dev.freshet.capture.polling;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far the numbering is, told by the log's thread to whoever asks beside it. In memory: writing it down with every look would
 * cost an idle database more than the looks.
 */
final class Progress {
    /**
     * What the last look at everything has shown.
     *
     * @param startedNanos when it began, by {@link PollingRuntime#nanoTime()}
     * @param began when it began, by the database's clock, in microseconds since 1970
     * @param next the next number: what had committed before the look began has a lower one
     */
    record Passed(long startedNanos, long began, long next) {}

    private volatile @Nullable Passed passed;

    /** Takes note of a look at everything. */
    void passed(long startedNanos, long began, long next) {
        passed = new Passed(startedNanos, began, next);
    }

    /** Forgets what another log has told. */
    void clear() {
        passed = null;
    }

    Optional<Passed> last() {
        return Optional.ofNullable(passed);
    }
}
