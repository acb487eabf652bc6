package dev.freshet.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of a re-snapshot, one by one: each has the schedule that breaks the topic without it. */
class ResnapshotRulesModelTest {
    private static final long SEEDS = 10;
    private static final Duration FENCED_PAUSE = Duration.ofSeconds(3);
    /** More than a re-snapshot of a few rows takes. */
    private static final int LIMIT = 1_000;
    /** Fewer rows than a window has. */
    private static final int ROWS = 4;
    /** The key that something happens to. */
    private static final int KEY = 2;

    /** A schedule, which is tried under some seeds. */
    private interface Schedule {
        void run(RelaySimulation sim) throws InterruptedException;
    }

    private static void underEachSeed(Schedule schedule) throws InterruptedException {
        underEachSeed(Rules.all(), schedule);
    }

    /** Runs it where the topic is the table already; afterwards it must be again. */
    private static void underEachSeed(Rules rules, Schedule schedule) throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = new RelaySimulation(seed, rules, 0);
            for (int key = 0; key < ROWS; key++) {
                sim.db.put(RelaySimulation.STREAM, key, false);
            }
            awaitWhole(sim);
            schedule.run(sim);
            awaitWhole(sim);
        }
    }

    /** Waits until the stream runs at a boundary that has everything that was committed until now. */
    private static void awaitWhole(RelaySimulation sim) throws InterruptedException {
        long end = sim.db.end;
        for (int i = 0; i < LIMIT && !(status(sim) == StreamStatus.RUNNING && reached(sim) >= end); i++) {
            sim.step(false);
        }
        assertEquals(StreamStatus.RUNNING, status(sim));
        assertTrue(reached(sim) >= end, "the boundary is behind");
        assertTrue(RelayModelTest.check(sim));
    }

    private static void readAnew(RelaySimulation sim, @Nullable OffsetVector end) {
        sim.resnapshot(end);
        sim.pass(FENCED_PAUSE);
    }

    private static OffsetVector ends(RelaySimulation sim) {
        Cursor cursor = Objects.requireNonNull(sim.cursor());
        return Objects.requireNonNull(
                Objects.requireNonNull(cursor.boundary()).offsets().get(RelaySimulation.TOPIC));
    }

    private static long reached(RelaySimulation sim) {
        return TopicsModelFixture.boundary(sim).lsn();
    }

    private static @Nullable StreamStatus status(RelaySimulation sim) {
        return TopicsModelFixture.status(sim);
    }

    /** Makes something happen once. */
    private static Runnable once(AtomicInteger times, Runnable what) {
        return () -> {
            if (times.getAndIncrement() == 0) {
                what.run();
            }
        };
    }

    private static void brokenI2(Schedule schedule, Rules rules) {
        AssertionError e = assertThrows(AssertionError.class, () -> underEachSeed(rules, schedule));
        assertTrue(String.valueOf(e.getMessage()).contains("I2"), () -> "the invariant that breaks: " + e);
    }

    @Test
    void keyThatVanishedWithoutAMessage_getsATombstone() throws InterruptedException {
        underEachSeed(sim -> {
            assertTrue(sim.db.vanish(RelaySimulation.STREAM, KEY));
            readAnew(sim, null);
            awaitWhole(sim);
            assertEquals(1, sim.kafka.vanished);
        });
    }

    @Test
    void catalogThatAnotherVersionWrote_hasTheRowsReadAnew() throws InterruptedException {
        underEachSeed(sim -> {
            sim.kill();
            assertTrue(sim.db.vanish(RelaySimulation.STREAM, KEY));
            sim.rewriteCatalog();
            for (int i = 0; i < LIMIT && !sim.isCatalogKnown(); i++) {
                sim.step(false);
            }
            awaitWhole(sim);
            assertEquals(1, sim.kafka.vanished);
        });
    }

    @Test
    void endTakenBeforeTheFence_aVanishedKeyStays() {
        brokenI2(
                sim -> {
                    OffsetVector early = ends(sim);
                    sim.db.put(RelaySimulation.STREAM, ROWS, false);
                    awaitWhole(sim);
                    assertTrue(sim.db.vanish(RelaySimulation.STREAM, ROWS));
                    readAnew(sim, early);
                },
                Rules.all());
    }

    @Test
    void keyOfAPieceBehindTheLastBoundary_isLookedUpToo() throws InterruptedException {
        underEachSeed(sim -> {
            for (int key = 0; key < ROWS; key++) {
                sim.db.remove(RelaySimulation.STREAM, key);
            }
            awaitWhole(sim);
            sim.db.putAll(RelaySimulation.STREAM);
            for (int i = 0; i < LIMIT && Objects.requireNonNull(sim.cursor()).atBoundary(); i++) {
                sim.step(false);
            }
            assertFalse(Objects.requireNonNull(sim.cursor()).atBoundary());
            assertTrue(sim.db.vanish(RelaySimulation.STREAM, 0));
            readAnew(sim, null);
        });
    }

    @Test
    void keyThatVanishedBeforeTheLogWasReadThatFar_getsATombstone() throws InterruptedException {
        underEachSeed(sim -> {
            sim.db.put(RelaySimulation.STREAM, ROWS, false);
            assertTrue(sim.db.vanish(RelaySimulation.STREAM, ROWS));
            readAnew(sim, null);
        });
    }

    @Test
    void partitionDetachedWhileASampleWasTaken_itsLastRowGetsATombstone() throws InterruptedException {
        underEachSeed(sim -> {
            AtomicInteger samples = new AtomicInteger();
            sim.db.onSample = once(samples, () -> {
                for (int key = 0; key <= ROWS; key++) {
                    sim.db.put(RelaySimulation.STREAM, key, false);
                }
                sim.db.detach(RelaySimulation.STREAM, ROWS);
            });
            for (int i = 0; i < LIMIT && status(sim) == StreamStatus.RUNNING; i++) {
                sim.step(false);
            }
            awaitWhole(sim);
            assertTrue(sim.kafka.vanished > 0);
        });
    }

    @Test
    void rowThatVanishedBeforeItsStreamWasBegunAgain_whileTheLogWasBehind_getsATombstone() throws InterruptedException {
        underEachSeed(sim -> {
            sim.db.put(RelaySimulation.STREAM, ROWS, false);
            sim.db.detach(RelaySimulation.STREAM, ROWS);
            sim.removeStream();
            sim.pass(FENCED_PAUSE);
        });
    }

    @Test
    void keyThatComesBackWhileItIsLookedUp_keepsItsRow() throws InterruptedException {
        underEachSeed(sim -> {
            assertTrue(sim.db.vanish(RelaySimulation.STREAM, KEY));
            AtomicInteger lookups = new AtomicInteger();
            sim.db.onLookup = once(lookups, () -> sim.db.put(RelaySimulation.STREAM, KEY, false));
            readAnew(sim, null);
            awaitWhole(sim);
            assertTrue(lookups.get() > 0);
        });
    }

    /** A key ends and comes again while the rows are read; that it is there again is not visible for long. */
    private static void comesBackLate(RelaySimulation sim) throws InterruptedException {
        AtomicInteger windows = new AtomicInteger();
        sim.db.onWindow = once(windows, () -> {
            sim.db.remove(RelaySimulation.STREAM, KEY);
            sim.hides = true;
            sim.db.put(RelaySimulation.STREAM, KEY, true);
        });
        readAnew(sim, null);
        for (int i = 0; i < LIMIT && status(sim) != StreamStatus.RUNNING; i++) {
            sim.step(false);
        }
        assertEquals(1, windows.get());
    }

    @Test
    void keyThatIsNotVisibleYet_isLookedUpWhenItIs() throws InterruptedException {
        underEachSeed(sim -> {
            comesBackLate(sim);
            assertEquals(StreamStatus.SNAPSHOTTING, status(sim));
            sim.hides = false;
            awaitWhole(sim);
            assertEquals(0, sim.kafka.vanished);
        });
    }

    @Test
    void visibilityNotAwaitedBeforeTheLookup_aKeyThatIsThereGetsATombstone() {
        brokenI2(ResnapshotRulesModelTest::comesBackLate, Rules.without(Rules.Rule.WAIT_FOR_VISIBILITY));
    }

    @Test
    void truncatedAfterAWindowWasRead_noRowOfItComesBack() throws InterruptedException {
        underEachSeed(sim -> {
            AtomicInteger windows = new AtomicInteger();
            sim.db.onWindow = once(windows, () -> sim.db.truncateAndPut(RelaySimulation.STREAM, ROWS));
            readAnew(sim, null);
            awaitWhole(sim);
            assertTrue(windows.get() > 1, "read again");
        });
    }

    @Test
    void truncatedAfterAWindowOfTheFirstSnapshotWasRead_noRowOfItComesBack() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = new RelaySimulation(seed, Rules.all(), 0);
            for (int key = 0; key < ROWS; key++) {
                sim.db.put(RelaySimulation.STREAM, key, false);
            }
            AtomicInteger windows = new AtomicInteger();
            sim.db.onWindow = once(windows, () -> sim.db.truncateAndPut(RelaySimulation.STREAM, ROWS));
            awaitWhole(sim);
            assertTrue(windows.get() > 1, "read again");
        }
    }

    @Test
    void finishedResnapshot_keepsNothingOfItsSearch() throws InterruptedException {
        underEachSeed(sim -> {
            readAnew(sim, null);
            awaitWhole(sim);
            StreamEntry entry = TopicsModelFixture.entry(sim);
            assertTrue(entry.snapshot() != null && entry.snapshot().keys() == null);
            assertNull(entry.reason());
        });
    }
}
