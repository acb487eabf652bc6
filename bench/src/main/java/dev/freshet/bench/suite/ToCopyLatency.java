package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.Latencies;
import dev.freshet.bench.load.Observer;
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
        for (Copier.Entry entry : WholeWay.copiers()) {
            try (Scene scene = Scene.create(servers, "tocopy")) {
                BenchTable.insertAtOnce(scene.source(), 1, 1);
                Copier copier = scene.enter(entry);
                copier.establish(2);
                copier.launch();
                copier.awaitFlow(3);
                Latencies latencies = measured(servers, scene, copier);
                results.add(latencies, (result, value) -> result.add(copier, value));
                copier.awaitEqual(0);
                copier.peakMegabytes().ifPresent(value -> peak.add(copier, value));
                copier.stop();
            }
        }
        results.report(report);
        report.accept(peak.measurement());
    }

    private Latencies measured(Servers servers, Scene scene, Copier copier) throws Exception {
        try (Observer observer = Observer.ofCopy(servers.target().connect(scene.database()), copier.table())) {
            return probe.run(() -> servers.source().connect(scene.database()), Scene.FIRST, observer, copier::check);
        }
    }
}
