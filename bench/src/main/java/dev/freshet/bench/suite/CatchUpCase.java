package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.contender.RawUpsert;
import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.CopyWatch;
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
    private static final String LIMIT = "raw upsert by arrays of 5000, warm";

    @Override
    public void run(Servers servers, Consumer<Measurement> report) throws Exception {
        try (Scene scene = Scene.create(servers, "catchup");
                Connection target = servers.target().connect(scene.database())) {
            BenchTable.create(target, BenchTable.NAME);
            BenchTable.insertAtOnce(scene.source(), 1, 1);
            Subscription peer = new Subscription(servers.source(), scene.database(), scene.source(), target);
            peer.create();
            CopyWatch.await(scene.source(), target, BenchTable.NAME, 0, () -> {});
            FreshetCopy ours = FreshetCopy.enter(scene, target);
            ours.establish(2);
            CopyWatch.await(scene.source(), target, BenchTable.NAME, 0, () -> {});

            CatchUpResults cold = new CatchUpResults("replica: " + name + ", cold", rows);
            write(scene, target, peer, Scene.FIRST);
            catchUp(scene, target, peer, Scene.FIRST - 1, cold);
            cold.ours(ours.launch(), ours.awaitEqual(Scene.FIRST - 1));
            ours.stop();

            CatchUpResults warm = new CatchUpResults("replica: " + name + ", warm", rows);
            write(scene, target, peer, Scene.FIRST + rows);
            catchUp(scene, target, peer, Scene.FIRST + rows - 1, warm);
            warm.ours(ours.begin(), ours.awaitEqual(Scene.FIRST + rows - 1));
            Results peak = new Results("replica: " + name + ", peak memory of the JVM", "MB");
            ours.peakMegabytes().ifPresent(peak::ours);
            ours.stop();
            peer.drop();

            double limit = RawTarget.measure(
                    RawUpsert.class,
                    servers.settings(scene.database()),
                    scene.source(),
                    target,
                    "id >= " + (Scene.FIRST + rows));
            cold.limit(LIMIT, limit);
            warm.limit(LIMIT, limit);
            cold.report(report);
            warm.report(report);
            report.accept(peak.measurement());
        }
    }

    private void write(Scene scene, Connection target, Subscription peer, long first) throws SQLException {
        peer.disable();
        writer.write(scene.source(), first, first + rows - 1);
        BenchTable.settle(target);
    }

    private void catchUp(Scene scene, Connection target, Subscription peer, long before, CatchUpResults results)
            throws SQLException {
        Instant began = Instant.now();
        peer.enable();
        results.peer(began, CopyWatch.await(scene.source(), target, BenchTable.NAME, before, () -> {}));
        BenchTable.settle(target);
    }
}
