package dev.freshet.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Position;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.RelaySettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The relay in one thread under a seed: killed at any step, over a source whose commits become visible late. After every
 * ledger entry the invariants hold: positions only rise in a partition (I1), and below a boundary's offsets a running
 * stream's topic is exactly the table at that position (I2).
 */
class RelayModelTest {
    private static final int STEPS = 2_500;
    private static final long SEEDS = Long.getLong("freshet.model.seeds", 30);

    /** One run; returns how many boundaries of a running stream were checked and how often the relay was killed. */
    private static int[] run(long seed, Rules rules) throws InterruptedException {
        RelaySimulation sim = new RelaySimulation(seed, rules, 60);
        int checked = 0;
        int seen = 0;
        for (int i = 0; i < STEPS; i++) {
            sim.step(true);
            if (sim.kafka.ledger.get(0).size() != seen) {
                seen = sim.kafka.ledger.get(0).size();
                checked += check(sim) ? 1 : 0;
            }
        }
        assertEquals(List.of(), sim.faults);
        return new int[] {checked, sim.chaos.kills()};
    }

    /** Checks the newest entry; returns whether it has a boundary of the running stream. */
    static boolean check(RelaySimulation sim) {
        Cursor cursor = sim.cursor();
        List<SimLog> partitions = sim.kafka.topics.get(RelaySimulation.TOPIC);
        if (cursor == null || cursor.boundary() == null || partitions == null) {
            return false;
        }
        for (SimLog log : partitions) {
            Position last = Position.ZERO;
            for (SimLog.Rec r : log.records()) {
                if (r.committed()) {
                    assertTrue(r.position().isAfter(last), "I1: " + r.position() + " behind " + last);
                    last = r.position();
                }
            }
        }
        OffsetVector vector = cursor.boundary().offsets().get(RelaySimulation.TOPIC);
        var entry = cursor.streams().get(RelaySimulation.STREAM);
        if (vector == null || entry == null || entry.status() != StreamStatus.RUNNING) {
            return false;
        }
        Map<String, SimLog.Rec> last = new TreeMap<>();
        for (int p = 0; p < partitions.size(); p++) {
            for (SimLog.Rec r : partitions.get(p).records().subList(0, (int) vector.offset(p))) {
                if (r.committed()) {
                    last.put(r.key(), r);
                }
            }
        }
        Map<String, String> copy = new TreeMap<>();
        last.forEach((key, r) -> {
            byte[] value = r.value();
            if (value != null) {
                copy.put(key, new String(value, StandardCharsets.UTF_8));
            }
        });
        Map<String, String> truth = new TreeMap<>();
        sim.db
                .at(
                        RelaySimulation.STREAM,
                        sim.db.log(),
                        cursor.boundary().position().lsn())
                .forEach((k, v) -> truth.put(
                        new String(SimDatabase.key(k), StandardCharsets.UTF_8),
                        new String(SimDatabase.row(k, v), StandardCharsets.UTF_8)));
        assertEquals(truth, copy, () -> "I2 at a boundary");
        return true;
    }

    @Test
    void killedAnywhere_theTopicIsTheTableAtEveryBoundary() throws InterruptedException {
        int checked = 0;
        int kills = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                int[] counts = run(seed, Rules.all());
                checked += counts[0];
                kills += counts[1];
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        assertTrue(checked > SEEDS * 30, "boundaries of a running stream: " + checked);
        assertTrue(kills > SEEDS * 3, "kills: " + kills);
    }

    @Test
    void finishedSnapshot_countsTheRowsThatItSent_notThoseThatTheLogHadNewer() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = new RelaySimulation(seed, Rules.all(), 0);
            StreamEntry entry = null;
            for (int i = 0; i < STEPS && (entry == null || entry.status() != StreamStatus.RUNNING); i++) {
                sim.step(true);
                Cursor cursor = sim.cursor();
                entry = cursor == null ? null : cursor.streams().get(RelaySimulation.STREAM);
            }
            assertTrue(entry != null && entry.snapshot() != null, "seed " + seed);
            long sent = sim.kafka.topics.get(RelaySimulation.TOPIC).stream()
                    .flatMap(log -> log.records().stream())
                    .filter(r -> r.committed() && r.position().sub() > 0)
                    .count();
            assertEquals(sent, entry.snapshot().rowsDone(), "seed " + seed);
        }
    }

    @Test
    void changesThatComeOneAfterTheOther_shareABatch_andOneThatComesAloneDoesNotWait() throws InterruptedException {
        RelaySettings settings = RelaySimulation.settings()
                .batch(1_000, 1 << 20)
                .batchAge(Duration.ofSeconds(10))
                .batchLinger(RelaySimulation.STEP.multipliedBy(20))
                .build();
        RelaySimulation sim = new RelaySimulation(1, Rules.all(), 0, settings);
        TopicsModelFixture.running(sim);
        int steps = 500;
        int before = sim.kafka.ledger.get(0).size();
        for (int i = 0; i < steps; i++) {
            if (i % 5 == 0) {
                sim.db.commitSomething(new Random(i), false);
            }
            sim.step(false);
        }
        // an entry is a cursor and a marker, and now and then a boundary of the history
        int entries = (sim.kafka.ledger.get(0).size() - before) / 2;
        assertTrue(entries >= steps / 40 && entries <= steps / 15, "entries: " + entries);
        TopicsModelFixture.idle(sim, 100);
        sim.db.commitSomething(new Random(1), false);
        long committed = sim.db.end;
        sim.pass(Duration.ofSeconds(1));
        TopicsModelFixture.idle(sim, 10);
        assertTrue(TopicsModelFixture.boundary(sim).lsn() >= committed, "committed at once");
    }

    @Test
    void withoutTheWaitForVisibility_aRowIsLost() {
        AssertionError e = assertThrows(AssertionError.class, () -> {
            for (long seed = 1; seed <= SEEDS; seed++) {
                run(seed, Rules.without(Rules.Rule.WAIT_FOR_VISIBILITY));
            }
        });
        assertTrue(String.valueOf(e.getMessage()).contains("I2"), () -> "the invariant that breaks: " + e);
    }

    /** Else a cluster that slows down would be asked for ever more. */
    @Test
    void slowCommits_takeAllTransactionsThatWait() throws InterruptedException {
        Random random = new Random(1);
        RelaySimulation sim = new RelaySimulation(
                1,
                Rules.all(),
                0,
                RelaySimulation.settings().batch(1_000, 1 << 20).build());
        for (int i = 0; i < 300; i++) {
            sim.step(false);
        }
        assertEquals(StreamStatus.RUNNING, sim.status().streams().get(0).status());
        for (int i = 0; i < 50; i++) {
            sim.db.commitSomething(random, false);
        }
        sim.kafka.whileCommitting = () -> sim.pass(sim.settings.batch().age());
        long sent = sim.status().recordsSent();
        int entries = cursors(sim);
        for (int i = 0; i < 200; i++) {
            sim.step(false);
        }
        assertTrue(sim.status().recordsSent() - sent > 40, () -> "sent " + sim.status());
        int written = cursors(sim) - entries;
        assertTrue(written < 20, "entries for 50 transactions: " + written);
    }

    private static int cursors(RelaySimulation sim) {
        return (int) sim.kafka.ledger.get(0).records().stream()
                .filter(r -> LedgerKey.CURSOR.equals(r.key()))
                .count();
    }
}
