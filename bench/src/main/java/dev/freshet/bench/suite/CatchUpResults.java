package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.load.CopyWatch;
import dev.freshet.bench.load.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** Two measurements of one round: rows per second from the start on, and how long the first row took. */
final class CatchUpResults {
    private final long rows;
    private final Results rate;
    private final Results firstRow;

    CatchUpResults(String name, long rows) {
        this.rows = rows;
        this.rate = new Results(name, "rows/s");
        this.firstRow = new Results(name + ", until its first rows", "ms");
    }

    void limit(String what, double rowsPerSecond) {
        rate.limit(what, rowsPerSecond);
    }

    void add(Copier copier, Instant began, CopyWatch.Arrival arrival) {
        rate.add(copier, new Span(began, arrival.last(), rows).rate());
        firstRow.add(copier, millis(began, arrival));
    }

    private static double millis(Instant began, CopyWatch.Arrival arrival) {
        return Duration.between(began, arrival.first()).toNanos() / 1e6;
    }

    void report(Consumer<Measurement> report) {
        report.accept(rate.measurement());
        report.accept(firstRow.measurement());
    }
}
