package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.load.Backlog;
import java.util.List;
import java.util.function.Consumer;

/**
 * A backlog of events that were published while nobody relayed them: drained by each way from a database of its own, cold in a
 * fresh JVM, then a second one warm in the same JVM. A first, uncounted one by Freshet warms the servers up.
 *
 * @param name the case's name
 * @param perTransaction how many events a transaction has
 * @param rows how many events a backlog has
 * @param ways who takes part, in this order, Freshet first; the records that it wrote are the limit's
 */
record DrainCase(String name, int perTransaction, long rows, List<Way> ways) implements Case {
    private static final int WARM_UP_PART = 4;

    @Override
    public void run(Servers servers, Consumer<Measurement> report) throws Exception {
        String title = "outbox: " + name;
        drain(servers, ways.get(0), Math.max(1, rows / WARM_UP_PART), new BacklogResults(title, "events/s"));
        BacklogResults results = new BacklogResults(title, "events/s");
        for (Way way : ways) {
            String topic = drain(servers, way, way.share(rows), results);
            if (way.candidate().role() == Candidate.Role.OURS) {
                RawSending.measure(servers, topic, rows, results);
            }
        }
        results.reportCold(report);
        results.reportWarm(report);
    }

    private String drain(Servers servers, Way way, long events, BacklogResults results) throws Exception {
        try (Scene scene = Scene.create(servers, "drain", way.load())) {
            Entrant entrant = scene.enter(way.candidate(), false);
            entrant.establish(scene.writer(), 1);
            long last = Scene.FIRST + events - 1;
            Backlog.write(scene.writer(), Scene.FIRST, last, perTransaction, scene.source());
            entrant.launch();
            results.cold(way.candidate(), entrant.run(Scene.FIRST, last, way.inOrder()), entrant.launched());
            Backlog.write(scene.writer(), last + 1, last + events, perTransaction, scene.source());
            results.warm(way.candidate(), entrant.run(last + 1, last + events, way.inOrder()));
            results.peak(way.candidate(), entrant.peakMegabytes());
            return entrant.topic();
        }
    }
}
