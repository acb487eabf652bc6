package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.load.Span;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** The measurements of backlogs: a first one cold, with and without the start of the JVM, a second one warm, and memory. */
final class BacklogResults {
    private final Results cold;
    private final Results withStart;
    private final Results warm;
    private final Results peak;

    /**
     * Creates results.
     *
     * @param name what was measured, as reports name it
     * @param unit the rates' unit
     */
    BacklogResults(String name, String unit) {
        cold = new Results(name + ", cold", unit);
        withStart = new Results(name + ", cold, JVM start included", unit);
        warm = new Results(name + ", warm", unit);
        peak = new Results(name + ", peak memory of the JVM", "MB");
    }

    void cold(Candidate candidate, Span span, Instant launched) {
        cold.add(candidate, span.rate());
        withStart.add(candidate, span.rateSince(launched));
    }

    void warm(Candidate candidate, Span span) {
        warm.add(candidate, span.rate());
    }

    void peak(Candidate candidate, OptionalDouble megabytes) {
        megabytes.ifPresent(value -> peak.add(candidate, value));
    }

    void reportCold(Consumer<Measurement> report) {
        report.accept(cold.measurement());
        report.accept(withStart.measurement());
    }

    void reportWarm(Consumer<Measurement> report) {
        report.accept(warm.measurement());
        report.accept(peak.measurement());
    }
}
