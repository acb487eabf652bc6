package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.load.Latencies;
import dev.freshet.bench.load.Observer;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * From the return of a commit to a consumer of committed records that has the row.
 *
 * @param probe what writes and watches
 * @param candidates who takes part, in this order
 */
record ToTopicLatency(LatencyProbe probe, List<Candidate> candidates) implements Case {
    @Override
    public String name() {
        return "commit to consumer";
    }

    @Override
    public void run(Servers servers, Consumer<Measurement> report) throws Exception {
        LatencyResults results = new LatencyResults(name());
        Results peak = new Results("latency: " + name() + ", peak memory of the JVM", "MB");
        watched(servers, Candidate.relay(), probe.warmUpOnly());
        for (Candidate candidate : candidates) {
            Watched watched = watched(servers, candidate, probe);
            results.add(watched.latencies(), (result, value) -> result.add(candidate, value));
            watched.peakMegabytes().ifPresent(value -> peak.add(candidate, value));
        }
        results.report(report);
        report.accept(peak.measurement());
    }

    private record Watched(Latencies latencies, OptionalDouble peakMegabytes) {}

    private static Watched watched(Servers servers, Candidate candidate, LatencyProbe probe) throws Exception {
        try (Scene scene = Scene.create(servers, "latency")) {
            Entrant entrant = scene.enter(candidate, false);
            entrant.establish(scene.source(), 1);
            entrant.launch();
            entrant.begin();
            entrant.awaitFlow(scene.source(), 1 + Scene.CANARIES);
            try (Observer observer = Observer.ofTopic(servers.kafka().bootstrapServers(), entrant.topic())) {
                Latencies latencies = probe.run(
                        () -> servers.source().connect(scene.database()), Scene.FIRST, observer, entrant::check);
                Watched watched = new Watched(latencies, entrant.peakMegabytes());
                entrant.stop();
                return watched;
            }
        }
    }
}
