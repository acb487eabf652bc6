package dev.freshet.replica.apply;

import dev.freshet.replica.port.RecordException;
import dev.freshet.stream.StreamRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds among records those that cannot be applied: parts are halved until one stands alone, and grow again behind it. */
public final class Halving {
    private Halving() {}

    /** Applies a part. */
    @FunctionalInterface
    public interface Step {
        /** Returns what is wrong with one of the records, after which none of them is applied; null if all are. */
        @Nullable
        RecordException faultOf(List<StreamRecord> part) throws InterruptedException;
    }

    /** Takes a record at fault. */
    @FunctionalInterface
    public interface Answer {
        /** Returns whether to go on behind the record. */
        boolean goesOn(StreamRecord record, RecordException why) throws InterruptedException;
    }

    /**
     * Applies records in their order.
     *
     * @throws InterruptedException if the step or the answer does
     */
    public static void apply(List<StreamRecord> records, Step step, Answer answer) throws InterruptedException {
        int from = 0;
        int size = records.size();
        while (from < records.size()) {
            List<StreamRecord> part = records.subList(from, Math.min(records.size(), from + size));
            RecordException fault = step.faultOf(part);
            if (fault != null && part.size() > 1) {
                size = part.size() / 2;
                continue;
            }
            if (fault != null && !answer.goesOn(part.get(0), fault)) {
                return;
            }
            from += part.size();
            size *= 2;
        }
    }
}
