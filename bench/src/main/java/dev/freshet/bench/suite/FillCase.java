package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.contender.RawCopyIn;
import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.CopyWatch;
import dev.freshet.bench.load.Span;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * The first fill of a copy, from nothing until it is equal to its source.
 *
 * @param rows how many rows the table has
 */
record FillCase(long rows) implements Case {
    @Override
    public String name() {
        return "first fill";
    }

    @Override
    public void run(Servers servers, Consumer<Measurement> report) throws Exception {
        try (Scene scene = Scene.create(servers, "fill");
                Connection target = servers.target().connect(scene.database())) {
            BenchTable.insertAtOnce(scene.source(), 1, rows);
            Results way = new Results("replica: first fill, table to copy, cold", "rows/s");
            Results fromTopic = new Results("replica: first fill, topic to copy, cold", "rows/s");
            Results peak = new Results("replica: first fill, peak memory of the JVM", "MB");
            double limit = RawTarget.measure(
                    RawCopyIn.class, servers.settings(scene.database()), scene.source(), target, "true");
            double peer = subscription(servers, scene, target);
            for (Results results : List.of(way, fromTopic)) {
                results.limit("raw COPY in with primary key, warm", limit);
                results.peer(Subscription.LABEL, peer);
            }
            FreshetCopy ours = FreshetCopy.enter(scene, target);
            Instant began = ours.launch();
            way.ours(new Span(began, ours.awaitEqual(0).last(), rows).rate());
            ours.peakMegabytes().ifPresent(peak::ours);
            ours.stop();
            fromTopic.ours(ours.fillFromTopic(rows));
            report.accept(way.measurement());
            report.accept(fromTopic.measurement());
            report.accept(peak.measurement());
        }
    }

    private double subscription(Servers servers, Scene scene, Connection target) throws SQLException {
        BenchTable.create(target, BenchTable.NAME);
        Subscription subscription = new Subscription(servers.source(), scene.database(), scene.source(), target);
        Instant began = Instant.now();
        subscription.create();
        Instant ended = CopyWatch.await(scene.source(), target, BenchTable.NAME, 0, () -> {})
                .last();
        subscription.drop();
        BenchTable.execute(target, "DROP TABLE " + BenchTable.NAME);
        return new Span(began, ended, rows).rate();
    }
}
