package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.load.Latencies;
import dev.freshet.bench.load.Observer;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * From the return of a commit to a consumer of committed records that has the row or event.
 *
 * @param name the case's name
 * @param title how reports name it
 * @param probe what writes and watches
 * @param ways who takes part, in this order; Freshet's also warms the servers up before
 */
record ToTopicLatency(String name, String title, LatencyProbe probe, List<Way> ways) implements Case {
    @Override
    public void run(Servers servers, Consumer<Measurement> report) throws Exception {
        LatencyResults results = new LatencyResults(title);
        Results peak = new Results(title + ", peak memory of the JVM", "MB");
        for (Way way : ways) {
            if (way.candidate().role() == Candidate.Role.OURS) {
                watched(servers, way, probe.warmUpOnly());
            }
        }
        for (Way way : ways) {
            Watched watched = watched(servers, way, probe);
            results.add(watched.latencies(), (result, value) -> result.add(way.candidate(), value));
            watched.peakMegabytes().ifPresent(value -> peak.add(way.candidate(), value));
        }
        results.report(report);
        report.accept(peak.measurement());
    }

    private record Watched(Latencies latencies, OptionalDouble peakMegabytes) {}

    private static Watched watched(Servers servers, Way way, LatencyProbe probe) throws Exception {
        try (Scene scene = Scene.create(servers, "latency", way.load())) {
            Entrant entrant = scene.enter(way.candidate(), false);
            entrant.establish(scene.writer(), 1);
            entrant.launch();
            entrant.begin();
            entrant.awaitFlow(scene.writer(), 1 + Scene.CANARIES);
            try (Observer observer = Observer.ofTopic(servers.kafka().bootstrapServers(), entrant.topic())) {
                Latencies latencies = probe.run(
                        way.writes() ? entrant::writePaced : scene::writePaced, Scene.FIRST, observer, entrant::check);
                Watched watched = new Watched(latencies, entrant.peakMegabytes());
                entrant.stop();
                return watched;
            }
        }
    }
}
