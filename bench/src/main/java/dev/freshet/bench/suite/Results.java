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
        add(candidate.role(), candidate.label(), value);
    }

    void add(Copier copier, double value) {
        add(copier.role(), copier.label(), value);
    }

    private void add(Candidate.Role role, String label, double value) {
        switch (role) {
            case OURS -> ours = value;
            case LIMIT -> limit(label, value);
            case PEER -> peers.put(label, value);
        }
    }

    void limit(String what, double value) {
        limitIs = what;
        limit = value;
    }

    Measurement measurement() {
        return new Measurement(name, unit, ours, limit, limitIs, peers);
    }
}
