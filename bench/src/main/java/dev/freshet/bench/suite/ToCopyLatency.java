package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.Latencies;
import dev.freshet.bench.load.Observer;
import java.util.function.BiConsumer;
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
        LatencyResults results = new LatencyResults("latency: " + name());
        Results peak = new Results("latency: " + name() + ", peak memory of the JVM", "MB");
        watched(servers, WholeWay.freshet(), probe.warmUpOnly(), (copier, latencies) -> {});
        for (Copier.Entry entry : WholeWay.copiers()) {
            watched(servers, entry, probe, (copier, latencies) -> {
                results.add(latencies, (result, value) -> result.add(copier, value));
                copier.peakMegabytes().ifPresent(value -> peak.add(copier, value));
            });
        }
        results.report(report);
        report.accept(peak.measurement());
    }

    private static void watched(
            Servers servers, Copier.Entry entry, LatencyProbe probe, BiConsumer<Copier, Latencies> taking)
            throws Exception {
        try (Scene scene = Scene.create(servers, "tocopy")) {
            BenchTable.insertAtOnce(scene.source(), 1, 1);
            Copier copier = scene.enter(entry);
            copier.establish(2);
            copier.launch();
            copier.awaitFlow(3);
            Latencies latencies;
            try (Observer observer = Observer.ofCopy(servers.target().connect(scene.database()), copier.table())) {
                latencies = probe.run(scene::writePaced, Scene.FIRST, observer, copier::check);
            }
            copier.awaitEqual(0);
            taking.accept(copier, latencies);
            copier.stop();
        }
    }
}
