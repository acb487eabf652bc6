package dev.freshet.bench.suite;

import dev.freshet.bench.load.BenchTable;
import java.util.List;

/** The cases of {@code bench relay}: from a table or its log to a topic. */
public final class RelaySuite {
    private RelaySuite() {}

    /**
     * Returns the cases.
     *
     * @param rows how many rows each has
     */
    public static List<Case> cases(long rows) {
        List<Candidate> tailing =
                List.of(Candidate.rawRead(), Candidate.rawReadAndProducer(), Candidate.relay(), Candidate.debezium());
        return List.of(
                new BacklogCase("one-row backlog", BenchTable::insertOneByOne, rows, tailing),
                new BacklogCase("large transaction", BenchTable::insertAtOnce, rows, tailing),
                new SnapshotCase(
                        rows, List.of(Candidate.rawCopyAndProducer(), Candidate.relay(), Candidate.debezium())));
    }
}
