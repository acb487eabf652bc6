package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.Span;
import java.util.List;
import java.util.function.Consumer;

/**
 * The content of a table brought to a topic by each contender, cold in a fresh JVM.
 *
 * @param rows how many rows the table has
 * @param candidates who takes part, in this order
 */
record SnapshotCase(long rows, List<Candidate> candidates) implements Case {
    @Override
    public String name() {
        return "snapshot";
    }

    @Override
    public void run(Servers servers, Consumer<Measurement> report) throws Exception {
        Results rate = new Results("relay: snapshot, cold", "rows/s");
        Results withStart = new Results("relay: snapshot, cold, JVM start included", "rows/s");
        Results peak = new Results("relay: snapshot, peak memory of the JVM", "MB");
        try (Scene scene = Scene.create(servers, "snapshot")) {
            BenchTable.insertAtOnce(scene.source(), 1, rows);
            for (Candidate candidate : candidates) {
                Entrant entrant = scene.enter(candidate, true);
                entrant.launch();
                Span span = entrant.run(1, rows, false);
                rate.add(candidate, span.rate());
                withStart.add(candidate, span.rateSince(entrant.launched()));
                entrant.peakMegabytes().ifPresent(value -> peak.add(candidate, value));
                entrant.end();
            }
        }
        report.accept(rate.measurement());
        report.accept(withStart.measurement());
        report.accept(peak.measurement());
    }
}
