package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the values of one measurement while the contenders take their turns. */
final class Results {
    private final String name;
    private final String unit;
    private final Map<String, Double> peers = new LinkedHashMap<>();
    private @Nullable Double ours;
    private @Nullable Double limit;
    private String limitIs = "";

    Results(String name, String unit) {
        this.name = name;
        this.unit = unit;
    }

    void add(Candidate candidate, double value) {
        switch (candidate.role()) {
            case OURS -> ours(value);
            case LIMIT -> limit(candidate.label(), value);
            case PEER -> peer(candidate.label(), value);
        }
    }

    void ours(double value) {
        ours = value;
    }

    void limit(String what, double value) {
        limitIs = what;
        limit = value;
    }

    void peer(String label, double value) {
        peers.put(label, value);
    }

    Measurement measurement() {
        return new Measurement(name, unit, ours, limit, limitIs, peers);
    }
}
