package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.load.Span;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;

/**
 * A backlog that was written while nobody read: drained by each contender in turn, cold in a fresh JVM, then a second one
 * warm in the same JVM.
 *
 * @param name the case's name
 * @param writer what writes a backlog
 * @param rows how many rows a backlog has
 * @param candidates who takes part, in this order
 */
record BacklogCase(String name, Writer writer, long rows, List<Candidate> candidates) implements Case {
    /** Writes the rows of the ids from first to last. */
    interface Writer {
        void write(Connection connection, long first, long last) throws SQLException;
    }

    @Override
    public void run(Servers servers, Consumer<Measurement> report) throws Exception {
        try (Scene scene = Scene.create(servers, "backlog")) {
            for (Candidate candidate : candidates) {
                long canary = 1 + (long) Scene.CANARIES * scene.entrants().size();
                scene.enter(candidate, false).establish(scene.source(), canary);
            }
            cold(scene, report);
            warm(scene, report);
            memory(scene, report);
        }
    }

    private void cold(Scene scene, Consumer<Measurement> report) throws SQLException {
        writer.write(scene.source(), Scene.FIRST, Scene.FIRST + rows - 1);
        Results rate = new Results("relay: " + name + ", cold", "rows/s");
        Results withStart = new Results("relay: " + name + ", cold, JVM start included", "rows/s");
        for (Entrant entrant : scene.entrants()) {
            entrant.launch();
            Span span = entrant.run(Scene.FIRST, Scene.FIRST + rows - 1, true);
            rate.add(entrant.candidate(), span.rate());
            withStart.add(entrant.candidate(), span.rateSince(entrant.launched()));
        }
        report.accept(rate.measurement());
        report.accept(withStart.measurement());
    }

    private void warm(Scene scene, Consumer<Measurement> report) throws SQLException {
        long first = Scene.FIRST + rows;
        writer.write(scene.source(), first, first + rows - 1);
        Results rate = new Results("relay: " + name + ", warm", "rows/s");
        for (Entrant entrant : scene.entrants()) {
            rate.add(
                    entrant.candidate(),
                    entrant.run(first, first + rows - 1, true).rate());
        }
        report.accept(rate.measurement());
    }

    private void memory(Scene scene, Consumer<Measurement> report) {
        Results peak = new Results("relay: " + name + ", peak memory of the JVM", "MB");
        scene.entrants()
                .forEach(entrant -> entrant.peakMegabytes().ifPresent(value -> peak.add(entrant.candidate(), value)));
        report.accept(peak.measurement());
    }
}
