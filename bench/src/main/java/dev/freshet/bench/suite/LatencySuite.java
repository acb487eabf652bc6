package dev.freshet.bench.suite;

import java.time.Duration;
import java.util.List;

/** The cases of {@code bench latency}. */
public final class LatencySuite {
    private LatencySuite() {}

    /**
     * Returns the cases.
     *
     * @param perSecond transactions a second
     * @param length for how long they are measured
     */
    public static List<Case> cases(int perSecond, Duration length) {
        LatencyProbe probe = new LatencyProbe(perSecond, LatencyProbe.WARM_UP, length);
        return List.of(
                new ToTopicLatency(
                        "commit to consumer",
                        "latency: commit to consumer",
                        probe,
                        List.of(
                                Way.ofRows(Candidate.rawReadAndProducer()),
                                Way.ofRows(Candidate.relay()),
                                Way.ofRows(Candidate.debezium()))),
                new ToCopyLatency(probe));
    }
}
