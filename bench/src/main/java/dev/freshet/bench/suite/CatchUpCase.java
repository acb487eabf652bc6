package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.contender.RawUpsert;
import dev.freshet.bench.load.BenchTable;
import java.sql.SQLException;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * A copy that catches up with what was written while it stood still: the whole way, from the start until it is equal to
 * its source; a first backlog cold, a second one warm.
 *
 * @param name the case's name
 * @param writer what writes a backlog
 * @param rows how many rows a backlog has
 */
record CatchUpCase(String name, BacklogCase.Writer writer, long rows) implements Case {
    private static final String LIMIT = "raw upsert by arrays of 5000, warm";

    @Override
    public void run(Servers servers, Consumer<Measurement> report) throws Exception {
        try (Scene scene = Scene.create(servers, "catchup")) {
            BenchTable.insertAtOnce(scene.source(), 1, 1);
            for (Copier.Entry entry : WholeWay.copiers()) {
                Copier copier = scene.enter(entry);
                copier.establish(1 + scene.copiers().size());
            }
            CatchUpResults cold = new CatchUpResults("replica: " + name + ", cold", rows);
            round(scene, Scene.FIRST, cold, Copier::launch);
            CatchUpResults warm = new CatchUpResults("replica: " + name + ", warm", rows);
            round(scene, Scene.FIRST + rows, warm, Copier::begin);
            Results peak = new Results("replica: " + name + ", peak memory of the JVM", "MB");
            for (Copier copier : scene.copiers()) {
                copier.peakMegabytes().ifPresent(value -> peak.add(copier, value));
                copier.end();
            }
            double limit = RawTarget.measure(
                    RawUpsert.class,
                    servers.settings(scene.database()),
                    scene.source(),
                    scene.target(),
                    "id >= " + (Scene.FIRST + rows));
            cold.limit(LIMIT, limit);
            warm.limit(LIMIT, limit);
            cold.report(report);
            warm.report(report);
            report.accept(peak.measurement());
        }
    }

    private void round(Scene scene, long first, CatchUpResults results, Start start) throws SQLException {
        writer.write(scene.source(), first, first + rows - 1);
        for (Copier copier : scene.copiers()) {
            BenchTable.settle(scene.target());
            Instant began = start.of(copier);
            results.add(copier, began, copier.awaitEqual(first - 1));
            copier.stop();
        }
    }

    /** How a copier goes on. */
    private interface Start {
        Instant of(Copier copier) throws SQLException;
    }
}
