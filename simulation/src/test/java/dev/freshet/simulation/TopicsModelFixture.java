package dev.freshet.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Position;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the model's tests of topics share: damages, and waiting for what comes of them. */
abstract class TopicsModelFixture {
    static final int LIMIT = 5_000;
    static final long SEEDS = Long.getLong("freshet.model.seeds", 30);
    /** A look, the time of doubt, another look, and some steps for a take-over. */
    static final long NOTICED_WITHIN = RelaySimulation.LOOK_INTERVAL
                    .multipliedBy(2)
                    .plus(RelaySimulation.DOUBT_LIMIT)
                    .dividedBy(RelaySimulation.STEP)
            + 150;

    /** How a topic is damaged. */
    interface Damage {
        void to(RelaySimulation sim, long seed) throws InterruptedException;
    }

    static final Damage MADE_AGAIN = (sim, seed) -> sim.kafka.makeAgain(RelaySimulation.TOPIC);
    static final Damage LOST_TAIL = (sim, seed) -> sim.kafka.loseTail(RelaySimulation.TOPIC, (int) (seed % 2));

    static void awaitFault(RelaySimulation sim) throws InterruptedException {
        for (int i = 0; i < LIMIT && sim.faults.isEmpty(); i++) {
            sim.step(true);
        }
        assertEquals(1, sim.faults.size(), () -> "" + sim.faults);
    }

    static void awaitRunning(RelaySimulation sim) throws InterruptedException {
        for (int i = 0; i < LIMIT && status(sim) != StreamStatus.RUNNING; i++) {
            sim.step(true);
        }
    }

    static RelaySimulation running(long seed, int killOneIn) throws InterruptedException {
        return running(new RelaySimulation(seed, Rules.all(), killOneIn));
    }

    static RelaySimulation running(RelaySimulation sim) throws InterruptedException {
        awaitRunning(sim);
        for (int i = 0; i < 300; i++) {
            sim.step(true);
        }
        assertEquals(StreamStatus.RUNNING, status(sim));
        return sim;
    }

    static void idle(RelaySimulation sim, int steps) throws InterruptedException {
        for (int i = 0; i < steps; i++) {
            sim.step(false);
        }
    }

    /** Returns since when the topic is broken: at or before the last boundary at which it was whole. */
    static Position damageAndAwaitBroken(RelaySimulation sim, long seed, Damage damage, boolean busySource, String why)
            throws InterruptedException {
        Position before = boundary(sim);
        damage.to(sim, seed);
        for (int i = 0; i < NOTICED_WITHIN && status(sim) != StreamStatus.BROKEN; i++) {
            sim.step(busySource);
        }
        StreamEntry entry = entry(sim);
        assertEquals(StreamStatus.BROKEN, entry.status(), "seed " + seed);
        assertTrue(String.valueOf(entry.reason()).contains(why), () -> "seed " + seed + ": " + entry.reason());
        assertTrue(
                entry.since().compareTo(before) <= 0,
                () -> "seed " + seed + ": broken since " + entry.since() + ", but it was before, behind " + before);
        return entry.since();
    }

    static Position boundary(RelaySimulation sim) {
        Cursor cursor = Objects.requireNonNull(sim.cursor());
        return Objects.requireNonNull(cursor.boundary()).position();
    }

    static StreamEntry entry(RelaySimulation sim) {
        return Objects.requireNonNull(
                Objects.requireNonNull(sim.cursor()).streams().get(RelaySimulation.STREAM));
    }

    static @Nullable StreamStatus status(RelaySimulation sim) {
        Cursor cursor = sim.cursor();
        StreamEntry entry = cursor == null ? null : cursor.streams().get(RelaySimulation.STREAM);
        return entry == null ? null : entry.status();
    }
}
