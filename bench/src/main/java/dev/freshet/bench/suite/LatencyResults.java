package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.load.Latencies;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Three measurements of one case: median, 99th percentile and maximum. */
final class LatencyResults {
    private static final Map<String, Double> PARTS = new LinkedHashMap<>();

    static {
        PARTS.put("p50", 0.5);
        PARTS.put("p99", 0.99);
        PARTS.put("max", 1.0);
    }

    private final List<Results> results = new ArrayList<>();

    /**
     * Creates results.
     *
     * @param name what was measured, as reports name it
     */
    LatencyResults(String name) {
        PARTS.keySet().forEach(part -> results.add(new Results(name + ", " + part, "ms")));
    }

    /** Takes a contender's latencies, by whichever way each result takes a value. */
    void add(Latencies latencies, BiConsumer<Results, Double> taking) {
        int i = 0;
        for (double part : PARTS.values()) {
            taking.accept(results.get(i++), latencies.percentileMillis(part));
        }
    }

    void report(Consumer<Measurement> report) {
        results.forEach(result -> report.accept(result.measurement()));
    }
}
