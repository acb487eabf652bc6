package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.contender.RawCopyIn;
import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.Span;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * The first fill of a copy, from nothing until it is equal to its source.
 *
 * @param rows how many rows the table has
 */
record FillCase(long rows) implements Case {
    private static final String LIMIT = "raw COPY in with primary key, warm";

    @Override
    public String name() {
        return "first fill";
    }

    @Override
    public void run(Servers servers, Consumer<Measurement> report) throws Exception {
        try (Scene scene = Scene.create(servers, "fill")) {
            BenchTable.insertAtOnce(scene.source(), 1, rows);
            Results way = new Results("replica: first fill, table to copy, cold", "rows/s");
            Results fromTopic = new Results("replica: first fill, topic to copy, cold", "rows/s");
            Results peak = new Results("replica: first fill, peak memory of the JVM", "MB");
            double limit = RawTarget.measure(
                    RawCopyIn.class, servers.settings(scene.database()), scene.source(), scene.target(), "true");
            way.limit(LIMIT, limit);
            fromTopic.limit(LIMIT, limit);
            for (Copier.Entry entry : WholeWay.copiers()) {
                Copier copier = scene.enter(entry);
                Instant began = copier.launch();
                double rate = new Span(began, copier.awaitEqual(0).last(), rows).rate();
                copier.peakMegabytes().ifPresent(value -> peak.add(copier, value));
                copier.stop();
                copier.end();
                BenchTable.settle(scene.target());
                way.add(copier, rate);
                // who knows no topic has only the one way
                fromTopic.add(copier, copier.fillFromTopic(rows).orElse(rate));
                BenchTable.settle(scene.target());
            }
            report.accept(way.measurement());
            report.accept(fromTopic.measurement());
            report.accept(peak.measurement());
        }
    }
}
