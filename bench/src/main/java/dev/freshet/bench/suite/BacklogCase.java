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
        BacklogResults results = new BacklogResults("relay: " + name, "rows/s");
        try (Scene scene = Scene.create(servers, "backlog")) {
            for (Candidate candidate : candidates) {
                long canary = 1 + (long) Scene.CANARIES * scene.entrants().size();
                scene.enter(candidate, false).establish(scene.writer(), canary);
            }
            cold(scene, results);
            results.reportCold(report);
            warm(scene, results);
            results.reportWarm(report);
        }
    }

    private void cold(Scene scene, BacklogResults results) throws SQLException {
        writer.write(scene.source(), Scene.FIRST, Scene.FIRST + rows - 1);
        for (Entrant entrant : scene.entrants()) {
            entrant.launch();
            Span span = entrant.run(Scene.FIRST, Scene.FIRST + rows - 1, true);
            results.cold(entrant.candidate(), span, entrant.launched());
        }
    }

    private void warm(Scene scene, BacklogResults results) throws SQLException {
        long first = Scene.FIRST + rows;
        writer.write(scene.source(), first, first + rows - 1);
        for (Entrant entrant : scene.entrants()) {
            results.warm(entrant.candidate(), entrant.run(first, first + rows - 1, true));
        }
        scene.entrants().forEach(entrant -> results.peak(entrant.candidate(), entrant.peakMegabytes()));
    }
}
