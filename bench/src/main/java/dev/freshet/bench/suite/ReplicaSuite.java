package dev.freshet.bench.suite;

import dev.freshet.bench.load.BenchTable;
import java.util.List;

/** The cases of {@code bench replica}: the whole way from a table to its copy. */
public final class ReplicaSuite {
    private ReplicaSuite() {}

    /**
     * Returns the cases.
     *
     * @param rows how many rows each has
     */
    public static List<Case> cases(long rows) {
        return List.of(
                new FillCase(rows),
                new CatchUpCase("catch-up one-row", BenchTable::insertOneByOne, rows),
                new CatchUpCase("catch-up large transaction", BenchTable::insertAtOnce, rows),
                new ConsistencyCase("per-transaction one-row", BenchTable::insertOneByOne, rows));
    }
}
