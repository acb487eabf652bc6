package dev.freshet.simulation;

import static dev.freshet.simulation.Stories.applyAll;
import static dev.freshet.simulation.Stories.compactAll;
import static dev.freshet.simulation.Stories.publish;
import static dev.freshet.simulation.Stories.write;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.freshet.replica.Consistency;
import dev.freshet.simulation.Rules.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Each rule of the protocol that concerns copies, with the schedule that breaks a {@code per-key} copy without it. */
class CopyRulesTest {
    private static final int CALLS = 30;

    private final Stories stories = new Stories(Consistency.PER_KEY);

    @Test
    void newOwner_bumpsTheGeneration_beforeItReadsTheOffset() {
        stories.assertNeeded(Rule.BUMP_BEFORE_READ, "I1", 3 * CALLS, (world, at) -> {
            write(world, 3);
            world.calm();
            write(world, 30);
            world.evict(0);
            world.interruptCopy(1, 1 + at % 8, () -> {
                for (int i = 0; i < 8; i++) {
                    world.copy(0, CopyAgent.APPLY);
                }
                return Calls.Trouble.NONE;
            });
            applyAll(world, 1);
        });
    }

    @Test
    void formerOwner_thatWasOnlyAsleep_commitsNothing() {
        stories.assertNeeded(Rule.NAME_GENERATION, "I1", CALLS, (world, at) -> {
            write(world, 3);
            world.calm();
            write(world, 5);
            world.evict(0);
            applyAll(world, 1);
            world.copy(0, CopyAgent.APPLY);
        });
    }

    @Test
    void formerOwner_ofAFormerFill_commitsNothing() {
        stories.assertNeeded(Rule.FENCE_FORMER_FILL, "I1", CALLS, (world, at) -> {
            write(world, 3);
            world.calm();
            write(world, 30);
            world.pass(world.kafka.deleteRetention.multipliedBy(2));
            for (int i = 0; i < 60; i++) {
                for (CopyAgent agent : CopyAgent.values()) {
                    world.copy(1, agent);
                }
            }
            world.copy(0, CopyAgent.APPLY);
        });
    }

    @Test
    void recordNotAboveTheLast_isDropped() {
        stories.assertNeeded(Rule.DROP_SEEN_POSITIONS, "I4", 3, (world, at) -> {
            write(world, 12);
            world.calm();
            write(world, 12);
            world.calm();
            for (String stream : World.STREAMS) {
                for (int p = 0; p < 2; p++) {
                    int size =
                            world.kafka.topics.get(World.topic(stream)).get(p).size();
                    world.kafka.repeat(World.topic(stream), p, 0, size);
                }
            }
            applyAll(world, 0);
            applyAll(world, 1);
        });
    }

    @Test
    void newFill_beginsANewCount() {
        stories.assertNeeded(Rule.COUNT_PER_FILL, "I4", 3, (world, at) -> {
            write(world, 5);
            world.calm();
            world.pass(world.kafka.deleteRetention.multipliedBy(2));
            world.calm();
        });
    }

    @Test
    void copyBehindCompaction_isFilledAnew() {
        stories.assertNeeded(Rule.REFILL_BEHIND_COMPACTION, "I3", 10, (world, at) -> {
            write(world, 5);
            world.calm();
            write(world, 30);
            world.pass(world.kafka.minCompactionLag.plusMillis(100));
            compactAll(world);
            for (int i = 0; i < 15; i++) {
                world.copy(i % 2, CopyAgent.APPLY);
                world.pass(Duration.ofMillis(20));
                world.copy(0, CopyAgent.FRESHNESS);
            }
        });
    }

    @Test
    void fillThatTakesLongerThanTombstonesStay_beginsAgain() {
        stories.assertNeeded(Rule.REFILL_BEHIND_TOMBSTONES, "I", CALLS, (world, at) -> {
            world.kafka.deleteRetention = Duration.ofSeconds(2);
            publish(world);
            write(world, 40);
            world.pass(world.kafka.minCompactionLag);
            for (int i = 0; i < 3; i++) {
                world.copy(0, CopyAgent.APPLY);
            }
            world.interruptCopy(0, at, () -> {
                compactAll(world);
                world.pass(world.kafka.deleteRetention.plusMillis(10));
                compactAll(world);
                return Calls.Trouble.NONE;
            });
            for (int i = 0; i < CALLS; i++) {
                world.copy(0, CopyAgent.FILL);
            }
        });
    }

    @Test
    void copyOfATopicThatWasMadeAgain_isFilledAnew() {
        stories.assertNeeded(Rule.REFILL_WHEN_TOPIC_MADE_AGAIN, "I", 10, (world, at) -> {
            write(world, 2);
            world.calm();
            write(world, 2);
            world.kafka.makeAgain(World.topic("orders"));
            write(world, 20);
            world.repair();
            publish(world);
            publish(world);
            publish(world);
        });
    }

    @Test
    void copyOfATopicMadeAgain_keepsItsRows_untilTheRelayWritesToIt() {
        World world = new World(Consistency.PER_KEY, Rules.all());
        world.seed(1);
        world.db.putAll("orders");
        world.calm();
        world.kafka.makeAgain(World.topic("orders"));
        world.pass(Duration.ofSeconds(1));
        for (int i = 0; i < CALLS; i++) {
            for (CopyAgent agent : CopyAgent.values()) {
                world.copy(i % 2, agent);
            }
            assertFalse(world.store.rows("orders").isEmpty(), "the copy is empty after " + i + " rounds");
        }
        assertNotNull(Objects.requireNonNull(world.store.stream("orders")).refill());
        world.settle();
    }

    @Test
    void recordsOfATopicMadeAgain_areNotTakenForTheFormersOnes() {
        for (int at = 1; at <= 2 * CALLS; at++) {
            assertNull(stories.failure(Rules.all(), CopyRulesTest::recordsOfATopicMadeAgain, at));
        }
    }

    private static void recordsOfATopicMadeAgain(World world, int at) {
        world.calm();
        world.db.put("orders", at % 12, false);
        publish(world);
        // a report has read the ledger and asked the brokers, and not read the rows
        world.interruptCopy(0, 1 + at % 8, () -> {
            world.kafka.makeAgain(World.topic("orders"));
            world.db.putAll("orders");
            publish(world);
            world.repair();
            publish(world);
            publish(world);
            for (int i = 0; i < 1 + at % 3; i++) {
                world.copy(0, CopyAgent.APPLY);
                world.copy(1, CopyAgent.APPLY);
            }
            return Calls.Trouble.NONE;
        });
        world.copy(0, CopyAgent.FRESHNESS);
        world.undisturbed(0);
    }

    @Test
    void topicMadeAgainBeforeItWasRead_isNotTakenForTheFormer() {
        stories.assertNeeded(Rule.PROVE_THE_TOPIC_READ, "I3", 12, (world, at) -> {
            world.calm();
            world.db.put("orders", at - 1, false);
            publish(world);
            world.copy(0, CopyAgent.FRESHNESS);
            world.copy(1, CopyAgent.FRESHNESS);
            world.kafka.makeAgain(World.topic("orders"));
            world.db.putAll("orders");
            // what the relay writes it takes back, and has not said so yet: offsets are passed, and no record is read
            world.kafka.whileCommitting = () -> {
                for (int i = 0; i < 4; i++) {
                    for (int instance = 0; instance < 2; instance++) {
                        world.copy(instance, CopyAgent.APPLY);
                        world.copy(instance, CopyAgent.FRESHNESS);
                    }
                    world.pass(Duration.ofMillis(100));
                }
            };
            publish(world);
            world.kafka.whileCommitting = () -> {};
        });
    }

    @Test
    void whatBreaksTheProof_withdrawsIt_beforeItIsRepaired() {
        stories.assertNeeded(Rule.WITHDRAW_FIRST, "I3", 3, (world, at) -> {
            write(world, 5);
            world.calm();
            world.kafka.makeAgain(World.topic("orders"));
            applyAll(world, 0);
            applyAll(world, 1);
        });
    }

    @Test
    void offsets_arePassedByPosition_notByTheLastRecord() {
        stories.assertNeeded(Rule.PASS_BY_POSITION, "Liveness", 1, (world, at) -> write(world, 3));
    }

    @Test
    void effectAndOffset_areOneTransaction() {
        stories.assertNeeded(Rule.ONE_TRANSACTION, "I4", CALLS, (world, at) -> {
            write(world, 3);
            world.calm();
            write(world, 5);
            world.interruptCopy(0, at, () -> {
                world.killCopy(0);
                return Calls.Trouble.NONE;
            });
            applyAll(world, 0);
        });
    }

    @Test
    void sourceThatBecameAnotherHistory_beginsANewEpoch() {
        stories.assertNeeded(Rule.NEW_EPOCH, "I1", 5, (world, at) -> {
            write(world, 10);
            world.calm();
            List<SimTx> log = world.db.log();
            long earlier = log.get(log.size() / 2).endLsn();
            if (at % 2 == 0) {
                world.restores.promote(earlier, at % 4 == 0, world.random);
            } else {
                world.restores.volume(earlier, false, world.random);
            }
            write(world, 3);
        });
    }

    @Test
    void whatANewEpochBrings_withdrawsTheProofOfTheFormerOne() {
        stories.assertNeeded(Rule.WITHDRAW_FORMER_EPOCH, "I3", 10, (world, at) -> {
            write(world, 10);
            world.calm();
            List<SimTx> log = world.db.log();
            world.restores.volume(log.get(log.size() / 2).endLsn(), false, world.random);
            for (int i = 0; i < 5; i++) {
                publish(world);
                world.pass(Duration.ofSeconds(1));
            }
            applyAll(world, 0);
            applyAll(world, 1);
        });
    }

    @Test
    void lostAcknowledgements_changeNothing() {
        for (Calls.Trouble trouble : Calls.Trouble.values()) {
            for (int at = 1; at <= CALLS; at++) {
                int call = at;
                assertNull(stories.failure(
                        Rules.all(),
                        (world, n) -> {
                            write(world, 3);
                            world.interruptCopy(0, call, () -> trouble);
                            world.calm();
                            write(world, 5);
                            world.interruptCopy(0, call, () -> trouble);
                            applyAll(world, 0);
                        },
                        at));
            }
        }
    }
}
