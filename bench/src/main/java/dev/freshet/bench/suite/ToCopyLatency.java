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
        Results peak = new Results("latency: " + name() + ", peak memory of the JVM", "MB");
        try (Scene scene = Scene.create(servers, "tocopy");
                Connection target = servers.target().connect(scene.database())) {
            results.add(
                    subscription(servers, scene, target), (result, value) -> result.peer(Subscription.LABEL, value));
        }
        try (Scene scene = Scene.create(servers, "tocopy");
                Connection target = servers.target().connect(scene.database())) {
            results.add(freshet(servers, scene, target, peak), Results::ours);
        }
        results.report(report);
        report.accept(peak.measurement());
    }

    private Latencies subscription(Servers servers, Scene scene, Connection target) throws Exception {
        BenchTable.create(target, BenchTable.NAME);
        BenchTable.insertAtOnce(scene.source(), 1, 1);
        Subscription subscription = new Subscription(servers.source(), scene.database(), scene.source(), target);
        subscription.create();
        CopyWatch.await(scene.source(), target, BenchTable.NAME, 0, () -> {});
        Latencies latencies = probe(servers, scene, BenchTable.NAME, () -> {});
        CopyWatch.await(scene.source(), target, BenchTable.NAME, 0, () -> {});
        subscription.drop();
        return latencies;
    }

    private Latencies freshet(Servers servers, Scene scene, Connection target, Results peak) throws Exception {
        BenchTable.insertAtOnce(scene.source(), 1, 1);
        FreshetCopy ours = FreshetCopy.enter(scene, target);
        ours.establish(2);
        ours.launch();
        BenchTable.insertAtOnce(scene.source(), 3, 3);
        ours.awaitEqual(0);
        Latencies latencies = probe(servers, scene, FreshetCopy.TABLE, ours::check);
        ours.awaitEqual(0);
        ours.peakMegabytes().ifPresent(peak::ours);
        ours.stop();
        return latencies;
    }

    private Latencies probe(Servers servers, Scene scene, String copy, Runnable alive) throws Exception {
        try (Observer observer = Observer.ofCopy(servers.target().connect(scene.database()), copy)) {
            return probe.run(() -> servers.source().connect(scene.database()), Scene.FIRST, observer, alive);
        }
    }
}
