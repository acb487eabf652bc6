package dev.freshet.relay.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.RelayStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Topics that change under a leading relay, in the model. */
class TopicsModelTest {
    private static final int LIMIT = 5_000;
    private static final long SEEDS = Long.getLong("freshet.model.seeds", 30);
    /** Two looks, what lies between them, and some steps for the ledger's entry. */
    private static final long NOTICED_WITHIN = 2 * Simulation.LOOK_INTERVAL.dividedBy(Simulation.STEP) + 150;

    @Test
    void topicMadeAgain_beneathAnIdleRelay_isBrokenAfterTwoLooks() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Simulation sim = running(seed, 0);
            for (int i = 0; i < 1_000; i++) {
                sim.step(false);
            }
            sim.kafka.makeAgain(Simulation.TOPIC);
            awaitBroken(sim, seed, false);
            assertEquals(List.of(), sim.faults, "seed " + seed);
        }
    }

    @Test
    void topicMadeAgain_isNoticedByItsOffsets_beforeAnythingInItIsCommitted() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Simulation sim = running(seed, 0);
            sim.kafka.makeAgain(Simulation.TOPIC);
            for (int i = 0; i < LIMIT && sim.faults.isEmpty(); i++) {
                sim.step(true);
            }
            assertTrue(sim.faults.get(0).contains("made again"), sim.faults.get(0));
            assertTrue(
                    sim.kafka.topics.get(Simulation.TOPIC).stream()
                            .flatMap(List::stream)
                            .noneMatch(SimKafka.Rec::committed),
                    "seed " + seed);
            awaitBroken(sim, seed, true);
        }
    }

    @Test
    void topicMadeAgain_beneathARelayKilledAnywhere_isBrokenSoon_andStaysSo() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Simulation sim = running(seed, 60);
            sim.kafka.makeAgain(Simulation.TOPIC);
            awaitBroken(sim, seed, true);
            for (int i = 0; i < 200; i++) {
                sim.step(true);
                assertEquals(StreamStatus.BROKEN, status(sim), "seed " + seed);
            }
        }
    }

    @Test
    void clusterThatDoesNotAnswerForAWhile_isAnAlarmThatGoesAway_andNoBreak() throws InterruptedException {
        Simulation sim = running(1, 0);
        sim.kafka.silent = true;
        for (int i = 0; i < LIMIT && sim.status().alarms().isEmpty(); i++) {
            sim.step(true);
        }
        String alarm = String.join("\n", sim.status().alarms());
        assertTrue(alarm.contains("could not be compared") && alarm.contains("does not answer"), alarm);
        assertEquals(RelayStatus.State.RUNNING, sim.status().state());
        sim.kafka.silent = false;
        for (int i = 0; i < LIMIT && !sim.status().alarms().isEmpty(); i++) {
            sim.step(true);
        }
        assertTrue(sim.status().alarms().isEmpty(), () -> "" + sim.status().alarms());
        assertEquals(StreamStatus.RUNNING, status(sim));
    }

    @Test
    void brokerThatLagsBehindOnce_breaksNothing() throws InterruptedException {
        Simulation sim = running(1, 0);
        sim.kafka.blindLooks = 1;
        for (int i = 0; i < 500; i++) {
            sim.step(true);
        }
        assertEquals(0, sim.kafka.blindLooks);
        assertEquals(StreamStatus.RUNNING, status(sim));
    }

    private static Simulation running(long seed, int killOneIn) throws InterruptedException {
        Simulation sim = new Simulation(seed, new SimSource.Rules(true), killOneIn);
        for (int i = 0; i < LIMIT && status(sim) != StreamStatus.RUNNING; i++) {
            sim.step(true);
        }
        for (int i = 0; i < 300; i++) {
            sim.step(true);
        }
        assertEquals(StreamStatus.RUNNING, status(sim), "seed " + seed);
        return sim;
    }

    private static void awaitBroken(Simulation sim, long seed, boolean busySource) throws InterruptedException {
        for (int i = 0; i < NOTICED_WITHIN && status(sim) != StreamStatus.BROKEN; i++) {
            sim.step(busySource);
        }
        Cursor cursor = sim.cursor();
        assertNotNull(cursor);
        StreamEntry entry = cursor.streams().get(SimSource.STREAM);
        assertNotNull(entry);
        assertEquals(StreamStatus.BROKEN, entry.status(), "seed " + seed);
        assertTrue(String.valueOf(entry.reason()).contains("made again"), () -> "seed " + seed + ": " + entry.reason());
        assertTrue(
                cursor.boundary() != null
                        && entry.since().compareTo(cursor.boundary().position()) <= 0,
                () -> "seed " + seed + ": broken since " + entry.since() + ", ahead of the boundary");
    }

    private static @Nullable StreamStatus status(Simulation sim) {
        Cursor cursor = sim.cursor();
        StreamEntry entry = cursor == null ? null : cursor.streams().get(SimSource.STREAM);
        return entry == null ? null : entry.status();
    }
}
