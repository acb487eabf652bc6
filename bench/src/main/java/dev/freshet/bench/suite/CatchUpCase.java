package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.contender.RawUpsert;
import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.CopyWatch;
import dev.freshet.bench.load.Span;
import java.sql.Connection;
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
    @Override
    public void run(Servers servers, Consumer<Measurement> report) throws Exception {
        try (Scene scene = Scene.create(servers, "catchup");
                Connection target = servers.target().connect(scene.database())) {
            BenchTable.create(target, BenchTable.NAME);
            BenchTable.insertAtOnce(scene.source(), 1, 1);
            Subscription subscription = new Subscription(servers.source(), scene.database(), scene.source(), target);
            subscription.create();
            CopyWatch.await(target, BenchTable.NAME, 1, 1, () -> {});
            Results cold = new Results("replica: " + name + ", cold", "rows/s");
            Results warm = new Results("replica: " + name + ", warm", "rows/s");
            round(scene, target, subscription, Scene.FIRST, cold);
            round(scene, target, subscription, Scene.FIRST + rows, warm);
            subscription.drop();
            double limit = RawTarget.measure(
                    RawUpsert.class,
                    servers.settings(scene.database()),
                    scene.source(),
                    target,
                    "id >= " + (Scene.FIRST + rows));
            cold.limit("raw upsert by arrays of 5000, warm", limit);
            warm.limit("raw upsert by arrays of 5000, warm", limit);
            report.accept(cold.measurement());
            report.accept(warm.measurement());
        }
    }

    private void round(Scene scene, Connection target, Subscription subscription, long first, Results results)
            throws SQLException {
        subscription.disable();
        long last = first + rows - 1;
        writer.write(scene.source(), first, last);
        BenchTable.settle(target);
        long all = BenchTable.count(scene.source(), BenchTable.NAME);
        Instant began = Instant.now();
        subscription.enable();
        Instant ended = CopyWatch.await(target, BenchTable.NAME, last, all, () -> {});
        BenchTable.requireEqual(scene.source(), BenchTable.NAME, target, BenchTable.NAME);
        results.peer(Subscription.LABEL, new Span(began, ended, rows).rate());
    }
}
