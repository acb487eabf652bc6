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
    private static final String LIMIT = "raw upsert by arrays of 5000, warm";

    @Override
    public void run(Servers servers, Consumer<Measurement> report) throws Exception {
        try (Scene scene = Scene.create(servers, "catchup");
                Connection target = servers.target().connect(scene.database())) {
            BenchTable.create(target, BenchTable.NAME);
            BenchTable.insertAtOnce(scene.source(), 1, 1);
            Subscription peer = new Subscription(servers.source(), scene.database(), scene.source(), target);
            peer.create();
            CopyWatch.await(scene.source(), target, BenchTable.NAME, () -> {});
            FreshetCopy ours = FreshetCopy.enter(scene, target);
            ours.establish(2);
            CopyWatch.await(scene.source(), target, BenchTable.NAME, () -> {});

            Results cold = new Results("replica: " + name + ", cold", "rows/s");
            write(scene, target, peer, Scene.FIRST);
            cold.peer(Subscription.LABEL, catchUp(scene, target, peer));
            cold.ours(new Span(ours.launch(), ours.awaitEqual(), rows).rate());
            ours.stop();

            Results warm = new Results("replica: " + name + ", warm", "rows/s");
            write(scene, target, peer, Scene.FIRST + rows);
            warm.peer(Subscription.LABEL, catchUp(scene, target, peer));
            warm.ours(new Span(ours.begin(), ours.awaitEqual(), rows).rate());
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
            report.accept(cold.measurement());
            report.accept(warm.measurement());
            report.accept(peak.measurement());
        }
    }

    private void write(Scene scene, Connection target, Subscription peer, long first) throws SQLException {
        peer.disable();
        writer.write(scene.source(), first, first + rows - 1);
        BenchTable.settle(target);
    }

    private double catchUp(Scene scene, Connection target, Subscription peer) throws SQLException {
        Instant began = Instant.now();
        peer.enable();
        Instant ended = CopyWatch.await(scene.source(), target, BenchTable.NAME, () -> {});
        BenchTable.settle(target);
        return new Span(began, ended, rows).rate();
    }
}
