package dev.freshet.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.LossException;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.RelayStatus;
import dev.freshet.relay.port.LedgerLostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Topics that change under a leading relay, in the model. */
class TopicsModelTest extends TopicsModelFixture {
    @Test
    void topicMadeAgain_beneathAnIdleRelay_isBroken() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = running(seed, 0);
            idle(sim, 1_000);
            damageAndAwaitBroken(sim, seed, MADE_AGAIN, false, "made again");
            assertEquals(1, sim.faults.size(), () -> "" + sim.faults);
            assertTrue(sim.faults.get(0).contains("takes over anew"), sim.faults.get(0));
        }
    }

    @Test
    void topicMadeAgain_isNoticedByItsOffsets_beforeAnythingInItIsCommitted() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = running(seed, 0);
            damageAndAwaitBroken(sim, seed, MADE_AGAIN, true, "made again");
            assertTrue(sim.faults.get(0).contains("made again"), sim.faults.get(0));
            assertTrue(
                    sim.kafka.topics.get(RelaySimulation.TOPIC).stream()
                            .flatMap(log -> log.records().stream())
                            .noneMatch(SimLog.Rec::committed),
                    "seed " + seed);
        }
    }

    @Test
    void lostTail_isNoticedByTheFirstWriteOverIt_beforeThatIsCommitted() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = running(seed, 0);
            while (!sim.kafka.isQuiet()) {
                sim.step(true);
            }
            List<SimLog.Rec> records = sim.kafka
                    .topics
                    .get(RelaySimulation.TOPIC)
                    .get((int) (seed % 2))
                    .records();
            int[] left = new int[1];
            Damage damage = (s, n) -> {
                LOST_TAIL.to(s, n);
                left[0] = records.size();
            };
            damageAndAwaitBroken(sim, seed, damage, true, "");
            assertTrue(
                    records.subList(left[0], records.size()).stream().noneMatch(SimLog.Rec::committed), "seed " + seed);
        }
    }

    @Test
    void lostTailThatAGivenUpBatchHasFilled_isBroken_thoughTheRelayIsKilledRightThen() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = running(seed, 0);
            while (!sim.kafka.isQuiet()) {
                sim.step(true);
            }
            Damage damage = (s, n) -> {
                LOST_TAIL.to(s, n);
                awaitFault(s);
                s.kill();
            };
            damageAndAwaitBroken(sim, seed, damage, true, "");
        }
    }

    @Test
    void lostTail_beneathAnIdleRelay_orOneThatIsGone_isBroken() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = running(seed, 0);
            idle(sim, 200);
            boolean gone = seed % 3 == 0;
            Damage damage = (s, n) -> {
                LOST_TAIL.to(s, n);
                if (gone) {
                    s.kill();
                }
            };
            damageAndAwaitBroken(sim, seed, damage, false, "ends at offset");
        }
    }

    @Test
    void topicMadeAgain_beneathARelayKilledAnywhere_isBrokenSoon_andStaysSo() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = running(seed, 60);
            damageAndAwaitBroken(sim, seed, MADE_AGAIN, true, "made again");
            for (int i = 0; i < 200; i++) {
                sim.step(true);
                assertEquals(StreamStatus.BROKEN, status(sim), "seed " + seed);
            }
        }
    }

    @Test
    void relayThatDidNotSeeTheTopicWhole_breaksItSinceTheLastLookOfTheOneThatDid() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = running(seed, 0);
            idle(sim, 100);
            Position early = boundary(sim);
            idle(sim, 100);
            Damage damage = (s, n) -> {
                MADE_AGAIN.to(s, n);
                idle(s, 30);
                s.kill();
            };
            Position since = damageAndAwaitBroken(sim, seed, damage, false, "made again");
            assertTrue(since.isAfter(early), () -> early + " " + since);
        }
    }

    @Test
    void topicDamagedWhileNoLookWasAnswered_isBrokenSinceTheLastThatWas() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = running(seed, 0);
            idle(sim, 100);
            Damage damage = (s, n) -> {
                s.kafka.silent = true;
                MADE_AGAIN.to(s, n);
                for (int i = 0; i < 8; i++) {
                    s.pass(Duration.ofSeconds(30));
                    idle(s, 100);
                }
                s.kill();
                s.kafka.silent = false;
            };
            damageAndAwaitBroken(sim, seed, damage, false, "made again");
        }
    }

    @Test
    void ledgerMadeAgain_stopsTheRelay_whichWritesNothingIntoIt() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = running(seed, 0);
            boolean busySource = seed % 2 == 0;
            sim.kafka.makeLedgerAgain();
            LedgerLostException e = assertThrows(LedgerLostException.class, () -> {
                for (int i = 0; i < NOTICED_WITHIN; i++) {
                    sim.step(busySource);
                }
            });
            assertTrue(
                    e.getMessage().contains(sim.settings.ledger())
                            && e.getMessage().contains("freshet remove source shop"),
                    e.getMessage());
            assertEquals(RelayStatus.State.STOPPED, sim.status().state());
            assertNull(sim.cursor(), "seed " + seed);
        }
    }

    @Test
    void lostSlot_isInTheLedger_alsoWhenTheOpenBatchCannotBeWritten() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = running(seed, 0);
            while (sim.kafka.isQuiet()) {
                sim.step(true);
            }
            Position before = boundary(sim);
            sim.db.slotDropped = true;
            sim.kafka.refuses = true;
            assertThrows(LossException.class, sim::sample);
            StreamEntry entry = entry(sim);
            assertEquals(StreamStatus.BROKEN, entry.status(), "seed " + seed);
            assertEquals(before, entry.since(), "seed " + seed);
        }
    }

    @Test
    void slotLostBeforeABreakIsWritten_breaksSinceTheLastBoundary() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            for (int steps = 0; steps < 10; steps++) {
                RelaySimulation sim = running(seed, 0);
                sim.step(true);
                sim.db.truncate(RelaySimulation.STREAM);
                for (int i = 0; i < steps; i++) {
                    sim.step(true);
                }
                sim.db.slotDropped = true;
                assertThrows(LossException.class, sim::sample);
                long since = entry(sim).since().lsn();
                long written = boundary(sim).lsn();
                assertTrue(
                        sim.db.log().stream()
                                .filter(tx -> tx.lsn() >= written && tx.lsn() < since)
                                .flatMap(tx -> tx.items().stream())
                                .allMatch(item -> item.mark() != null),
                        "seed " + seed + ": whole to " + since + ", but written to " + written);
            }
        }
    }

    @Test
    void damageOfATopicThatWasRemoved_saysNothingOfTheNextOne_toAFormerLeaderNeither() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = running(seed, 0);
            MADE_AGAIN.to(sim, seed);
            awaitFault(sim);
            sim.swap();
            sim.removeStream();
            awaitRunning(sim);
            leadAgain(sim, seed);
        }
    }

    @Test
    void refusalThatHasPassedUnderAnotherRelay_isForgotten() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = running(seed, 0);
            sim.kafka.refuses = true;
            awaitFault(sim);
            sim.swap();
            sim.kafka.refuses = false;
            idle(sim, 300);
            sim.pass(sim.settings.streamRetryLimit().multipliedBy(2));
            leadAgain(sim, seed);
        }
    }

    @Test
    void refusalThatLasts_breaksTheStream_acrossTakeOversOfTheSameRelay() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = running(seed, 0);
            sim.kafka.refuses = true;
            awaitFault(sim);
            sim.pass(sim.settings.streamRetryLimit());
            sim.db.startReader(); // the last session's connection has not ended yet
            idle(sim, 20);
            sim.db.reader = 0;
            for (int i = 0; i < LIMIT && status(sim) != StreamStatus.BROKEN; i++) {
                sim.step(true);
            }
            assertEquals(
                    "The topic has refused records for more than 1m (sources.shop.limits.retry-timeout):"
                            + " no record is taken",
                    entry(sim).reason(),
                    "seed " + seed);
        }
    }

    /** Lets the former leader take over, and sees that nothing breaks. */
    private static void leadAgain(RelaySimulation sim, long seed) throws InterruptedException {
        String other = Objects.requireNonNull(sim.cursor()).incarnation();
        assertEquals(StreamStatus.RUNNING, status(sim), "seed " + seed);
        sim.swap();
        for (int i = 0; i < 1_000; i++) {
            sim.step(true);
            assertEquals(StreamStatus.RUNNING, status(sim), "seed " + seed);
        }
        assertNotEquals(other, Objects.requireNonNull(sim.cursor()).incarnation(), "seed " + seed);
    }
}
