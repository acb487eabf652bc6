package dev.freshet.simulation;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Re-snapshots in the model: the table is truncated, also in the midst of transactions and snapshots, rows vanish without a
 * message, which the catalog tells or an operator, the topic is compacted, commits become visible late, and the relay is killed
 * anywhere. At every boundary of a running stream the topic is the table.
 */
class ResnapshotModelTest {
    private static final int STEPS = 3_000;
    private static final int LEAST_ENDED = 5;
    private static final long SEEDS = Long.getLong("freshet.model.seeds", 30);
    /** Within how many steps a snapshot ends while nobody kills the relay or makes it begin anew. */
    private static final int BOUND = 400;

    private static final int KILL_ONE_IN = 400;
    private static final Duration FENCED_PAUSE = Duration.ofSeconds(3);

    /** One run under a seed. */
    private static final class Run {
        private final RelaySimulation sim;
        private final Random random;
        private int checked;
        /** How often the stream began to run. */
        private int ended;
        /** The most steps that a snapshot took, since what last made it begin anew. */
        private int longest;

        private boolean busy = true;
        /** Whether a row has vanished of which nobody knows yet. */
        private boolean harmed;

        private int seen;
        private int since;
        private int at;
        private int fencedAt = -STEPS;
        private StreamStatus before = StreamStatus.STOPPED;

        Run(long seed, Rules rules, int killOneIn) {
            sim = new RelaySimulation(seed, rules, killOneIn);
            random = new Random(~seed);
            sim.db.onSample = this::detach;
        }

        Run all() throws InterruptedException {
            for (int i = 0; i < STEPS; i++) {
                at = i;
                disturb(i);
                sim.step(busy);
                look(i);
            }
            if (before == StreamStatus.SNAPSHOTTING) {
                longest = Math.max(longest, STEPS - since);
            }
            return this;
        }

        /** Takes a row away that the log has yet to write, while a sample is taken; its catalog tells. */
        private void detach() {
            if (random.nextInt(before == StreamStatus.SNAPSHOTTING ? 8 : 4) == 0 && sim.db.invisible.isEmpty()) {
                int key = 0;
                for (int n = random.nextInt(6); n >= 0; n--) {
                    key = random.nextInt(SimDatabase.KEYS);
                    sim.db.put(RelaySimulation.STREAM, key, false);
                }
                sim.db.detach(RelaySimulation.STREAM, key);
                since = at;
            }
        }

        private void disturb(int step) {
            if (step == fencedAt + 20) {
                // the relay has noticed, and pauses
                sim.pass(FENCED_PAUSE);
            }
            // keys that nobody writes again are those that a re-snapshot has to find
            busy ^= random.nextInt(100) == 0;
            boolean amidst = before == StreamStatus.SNAPSHOTTING;
            if (random.nextInt(amidst ? 600 : 300) == 0) {
                sim.db.truncateAmidst(RelaySimulation.STREAM, random, random.nextInt(3) == 0);
                since = step;
            }
            if (random.nextInt(40) == 0) {
                sim.compact();
            }
            if (random.nextInt(amidst ? 600 : 300) == 0 && sim.cursor() != null) {
                int key = random.nextInt(SimDatabase.KEYS);
                if (random.nextBoolean() && sim.db.invisible.isEmpty()) {
                    // the log has yet to write what vanishes
                    sim.db.put(RelaySimulation.STREAM, key, false);
                }
                harmed |= sim.db.vanish(RelaySimulation.STREAM, key);
            }
            if (harmed && random.nextInt(5) == 0) {
                since = step;
                fencedAt = step;
                try {
                    sim.resnapshot(null);
                    harmed = false;
                } catch (Calls.Killed killed) {
                    // the operator tries again
                }
            }
        }

        private void look(int step) {
            if (sim.kafka.ledger.get(0).size() == seen) {
                return;
            }
            seen = sim.kafka.ledger.get(0).size();
            checked += !harmed && sim.isCatalogKnown() && RelayModelTest.check(sim) ? 1 : 0;
            StreamEntry entry = entry(sim);
            StreamStatus now = entry == null ? StreamStatus.STOPPED : entry.status();
            if (now == StreamStatus.RUNNING && before != now) {
                ended++;
                longest = Math.max(longest, step - since);
            } else if (before == StreamStatus.RUNNING && before != now) {
                since = step;
            }
            before = now;
        }
    }

    private static Run run(long seed, Rules rules, int killOneIn) throws InterruptedException {
        try {
            return new Run(seed, rules, killOneIn).all();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    @Test
    void killedTruncatedAndReadAnewAtAnyMoment_theTopicIsTheTableAtEveryBoundary() throws InterruptedException {
        int checked = 0;
        int vanished = 0;
        int kills = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Run run = run(seed, Rules.all(), KILL_ONE_IN);
            assertTrue(run.ended >= LEAST_ENDED, "seed " + seed + ": snapshots that ended: " + run.ended);
            checked += run.checked;
            vanished += run.sim.kafka.vanished;
            kills += run.sim.chaos.kills();
        }
        assertTrue(checked > SEEDS * 100, "boundaries of a running stream: " + checked);
        assertTrue(vanished > SEEDS * 10, "keys that had vanished: " + vanished);
        assertTrue(kills > SEEDS * 3, "kills: " + kills);
    }

    @Test
    void notKilled_everySnapshotEndsWithinABoundOfSteps() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS / 3; seed++) {
            Run run = run(seed, Rules.all(), 0);
            assertTrue(run.ended >= LEAST_ENDED, "seed " + seed + ": snapshots that ended: " + run.ended);
            assertTrue(run.longest <= BOUND, "seed " + seed + ": steps that a snapshot took: " + run.longest);
        }
    }

    @Test
    void visibilityNotAwaited_aRowIsLost() {
        AssertionError e = assertThrows(AssertionError.class, () -> {
            for (long seed = 1; seed <= SEEDS; seed++) {
                run(seed, Rules.without(Rules.Rule.WAIT_FOR_VISIBILITY), KILL_ONE_IN);
            }
        });
        assertTrue(String.valueOf(e.getMessage()).contains("I2"), () -> "the invariant that breaks: " + e);
    }

    private static @Nullable StreamEntry entry(RelaySimulation sim) {
        Cursor cursor = sim.cursor();
        return cursor == null ? null : cursor.streams().get(RelaySimulation.STREAM);
    }
}
