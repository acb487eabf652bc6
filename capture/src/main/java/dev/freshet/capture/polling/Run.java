package dev.freshet.capture.polling;

import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive values of {@code seq}.
 *
 * @param first the first
 * @param last the last, not below the first
 */
public record Run(long first, long last) {
    /** Returns the values between two, with both. */
    public static Run of(long first, long last) {
        return new Run(first, last);
    }

    /** Rejects a run without values. */
    public Run {
        if (last < first) {
            throw new IllegalArgumentException("A run from " + first + " to " + last + " has no rows");
        }
    }

    /** Returns how many there are. */
    public long size() {
        return last - first + 1;
    }

    /** Returns the runs of values in ascending order. */
    public static List<Run> of(List<Long> seqs) {
        List<Run> runs = new ArrayList<>();
        int begin = 0;
        for (int i = 1; i <= seqs.size(); i++) {
            if (i == seqs.size() || seqs.get(i) != seqs.get(i - 1) + 1) {
                runs.add(new Run(seqs.get(begin), seqs.get(i - 1)));
                begin = i;
            }
        }
        return runs;
    }
}
