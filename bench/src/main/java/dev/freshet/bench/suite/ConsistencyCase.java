package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.contender.FreshetReplica;
import dev.freshet.bench.contender.FreshetWholeReplica;
import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.CopyWatch;
import dev.freshet.bench.load.Span;
import dev.freshet.bench.process.Child;
import dev.freshet.bench.process.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What {@code consistency: per-transaction} costs: two copies of one topic, one of each consistency, catch up with the same
 * backlog one after the other, each from the start of its work until it is equal to the source. A first backlog warms both up.
 *
 * @param name the case's name
 * @param writer what writes a backlog
 * @param rows how many rows a backlog has
 */
record ConsistencyCase(String name, BacklogCase.Writer writer, long rows) implements Case {
    private static final Candidate WHOLE = new Candidate(
            "Freshet per-transaction",
            Candidate.Role.OURS,
            FreshetWholeReplica.class,
            Candidate.replica().jvmOptions(),
            Candidate.Scene.NOTHING,
            false);

    private static final Candidate PER_KEY = new Candidate(
            "Freshet per-key",
            Candidate.Role.PEER,
            FreshetReplica.class,
            Candidate.replica().jvmOptions(),
            Candidate.Scene.NOTHING,
            false);

    @Override
    public void run(Servers servers, Consumer<Measurement> report) throws Exception {
        try (Scene scene = Scene.create(servers, "consistency");
                Connection target = servers.target().connect(scene.database());
                Child perKey = launch(PER_KEY);
                Child whole = launch(WHOLE)) {
            BenchTable.insertAtOnce(scene.source(), 1, 1);
            Entrant relay = scene.enter(Candidate.relay(), true);
            Map<Candidate, Child> copies = new LinkedHashMap<>();
            copies.put(PER_KEY, perKey);
            copies.put(WHOLE, whole);
            relay.establish(scene.writer(), 2);
            Results fill = new Results("replica: " + name + ", first rows", "rows/s");
            catchUp(scene, target, relay, copies, 0, fill);
            Results warmUp = new Results("replica: " + name + ", cold", "rows/s");
            backlog(scene, relay, Scene.FIRST);
            catchUp(scene, target, relay, copies, Scene.FIRST - 1, warmUp);
            Results warm = new Results("replica: " + name + ", topic to copy, warm", "rows/s");
            backlog(scene, relay, Scene.FIRST + rows);
            catchUp(scene, target, relay, copies, Scene.FIRST + rows - 1, warm);
            report.accept(warm.measurement());
        }
    }

    private static Child launch(Candidate candidate) {
        return Child.launch(candidate.label(), candidate.program(), candidate.jvmOptions());
    }

    private void backlog(Scene scene, Entrant relay, long first) throws SQLException {
        writer.write(scene.source(), first, first + rows - 1);
        relay.launch();
        relay.run(first, first + rows - 1, true);
        relay.end();
    }

    private void catchUp(
            Scene scene, Connection target, Entrant relay, Map<Candidate, Child> copies, long before, Results results)
            throws SQLException {
        for (Map.Entry<Candidate, Child> e : copies.entrySet()) {
            String table = e.getKey().equals(WHOLE) ? "copy_whole" : "copy_per_key";
            Settings settings = relay.copySettings(table);
            BenchTable.settle(target);
            Instant began = Instant.now();
            Child child = e.getValue();
            child.start(settings);
            Instant there = CopyWatch.await(scene.source(), target, table, before, child::check)
                    .last();
            child.stop();
            results.add(e.getKey(), new Span(began, there, rows).rate());
        }
    }
}
