package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.CopyWatch;
import dev.freshet.bench.load.Latencies;
import dev.freshet.bench.load.Observer;
import java.sql.Connection;
import java.util.function.Consumer;

/**
 * From the return of a commit to the row's being visible in the copy.
 *
 * @param probe what writes and watches
 */
record ToCopyLatency(LatencyProbe probe) implements Case {
    @Override
    public String name() {
        return "commit to copy";
    }

    @Override
    public void run(Servers servers, Consumer<Measurement> report) throws Exception {
        LatencyResults results = new LatencyResults(name());
        try (Scene scene = Scene.create(servers, "tocopy");
                Connection target = servers.target().connect(scene.database())) {
            results.add(
                    subscription(servers, scene, target), (result, value) -> result.peer(Subscription.LABEL, value));
        }
        results.report(report);
    }

    private Latencies subscription(Servers servers, Scene scene, Connection target) throws Exception {
        BenchTable.create(target, BenchTable.NAME);
        BenchTable.insertAtOnce(scene.source(), 1, 1);
        Subscription subscription = new Subscription(servers.source(), scene.database(), scene.source(), target);
        subscription.create();
        CopyWatch.await(target, BenchTable.NAME, 1, 1, () -> {});
        Latencies latencies;
        try (Observer observer = Observer.ofCopy(servers.target().connect(scene.database()), BenchTable.NAME)) {
            latencies = probe.run(() -> servers.source().connect(scene.database()), Scene.FIRST, observer, () -> {});
        }
        BenchTable.requireEqual(scene.source(), BenchTable.NAME, target, BenchTable.NAME);
        subscription.drop();
        return latencies;
    }
}
