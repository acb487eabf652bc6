package dev.freshet.simulation;

import static dev.freshet.simulation.Stories.applyAll;
import static dev.freshet.simulation.Stories.compactAll;
import static dev.freshet.simulation.Stories.publish;
import static dev.freshet.simulation.Stories.write;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.replica.Consistency;
import dev.freshet.simulation.Rules.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Each rule of {@code per-transaction} copies, with the schedule in which a copy is torn, or tells what is not so, without it. */
class WholeRulesTest {
    private static final int CALLS = 30;
    private static final String TORN = "I2: a copy";

    private final Stories stories = new Stories(Consistency.PER_TRANSACTION);

    /** Lets the relay and an instance work in turns, so that the copy sees the topics at every moment. */
    private static void inTurns(World world, int instance) {
        for (int i = 0; i < 2 * CALLS; i++) {
            world.relay(0);
            follow(world, instance, 1);
        }
    }

    /** Lets an instance read the ledger, which its freshness agent does, and go on. */
    private static void follow(World world, int instance, int times) {
        for (int i = 0; i < times; i++) {
            world.copy(instance, CopyAgent.FRESHNESS);
            world.copy(instance, CopyAgent.APPLY);
            world.copy(instance, CopyAgent.APPLY);
        }
    }

    private static void takeOver(World world, int instance) {
        world.pass(Duration.ofSeconds(3));
        for (int i = 0; i < 3; i++) {
            world.copy(instance, CopyAgent.ACTIVE);
        }
    }

    @Test
    void amidstATransaction_nothingIsCommitted() {
        stories.assertNeeded(Rule.BOUNDARIES_ALONE, TORN, 5, (world, at) -> {
            write(world, 3);
            world.calm();
            for (String stream : World.STREAMS) {
                world.db.putAll(stream);
            }
            inTurns(world, 0);
            inTurns(world, 1);
        });
    }

    @Test
    void whileRowsAreReadAnew_nothingIsCommitted() {
        stories.assertNeeded(Rule.ALL_RUN, TORN, 5, (world, at) -> {
            write(world, 20);
            world.calm();
            world.db.truncate("orders");
            world.db.putAll("stock");
            inTurns(world, 0);
            inTurns(world, 1);
        });
    }

    @Test
    void fill_comesToNoBoundary_belowWhatWasWrittenWhenItBegan() {
        stories.assertNeeded(Rule.FILL_TO_WHAT_WAS_WRITTEN, TORN, 5, (world, at) -> {
            world.db.putAll("orders");
            world.calm();
            world.db.putAll("orders");
            // a part of the transaction is written, and ages before the rest is
            world.kafka.whileCommitting = () -> world.kafka.refuses = true;
            world.relay(0);
            world.relay(0);
            world.pass(world.kafka.minCompactionLag.plusMillis(100));
            compactAll(world);
            takeOver(world, 0);
            follow(world, 0, CALLS);
            world.kafka.whileCommitting = () -> {};
            world.kafka.refuses = false;
        });
    }

    @Test
    void fill_comesToNoBoundary_belowWhatWasOpenWhenItBegan() {
        stories.assertNeeded(Rule.FILL_TO_WHAT_WAS_WRITTEN, TORN, CALLS, WholeRulesTest::fillBesideAnOpenTransaction);
    }

    private static void fillBesideAnOpenTransaction(World world, int at) {
        world.db.putAll("orders");
        world.calm();
        world.db.put("orders", 0, false);
        world.kafka.whileCommitting = () -> {
            world.kafka.whileCommitting = () -> {};
            // what is written ages, and then the fill begins
            world.pass(world.kafka.minCompactionLag.plusMillis(100));
            takeOver(world, 0);
            for (int i = 0; i < at; i++) {
                world.copy(0, CopyAgent.APPLY);
            }
        };
        publish(world);
        compactAll(world);
        applyAll(world, 0);
        follow(world, 0, CALLS);
    }

    @Test
    void topicMadeAgainAmidstAFill_isNotTakenForTheFormer() {
        stories.assertNeeded(Rule.PROVE_THE_TOPIC_READ, TORN, 5, (world, at) -> {
            write(world, 3);
            world.calm();
            world.pass(world.kafka.minCompactionLag.plusMillis(100));
            for (int instance = 0; instance < 2; instance++) {
                // it asks for the fill, and begins it
                world.copy(instance, CopyAgent.APPLY);
                world.copy(instance, CopyAgent.APPLY);
            }
            makeAgain(world);
        });
    }

    @Test
    void topicMadeAgainBeforeItWasRead_isNotTakenForTheFormer() {
        stories.assertNeeded(Rule.PROVE_THE_TOPIC_READ, "I3", 5, (world, at) -> {
            world.calm();
            world.pass(Duration.ofSeconds(1));
            for (int instance = 0; instance < 2; instance++) {
                // it looks at the topics, which it does once a second
                world.copy(instance, CopyAgent.APPLY);
            }
            world.db.put("orders", at, false);
            publish(world);
            for (int instance = 0; instance < 2; instance++) {
                world.copy(instance, CopyAgent.FRESHNESS);
            }
            makeAgain(world);
        });
    }

    /** What the relay writes to the new topic it takes back, before it says so: offsets are passed, and no record is read. */
    private static void makeAgain(World world) {
        world.kafka.makeAgain(World.topic("orders"));
        world.db.putAll("orders");
        world.kafka.whileCommitting = () -> {
            world.copy(0, CopyAgent.APPLY);
            world.copy(1, CopyAgent.APPLY);
        };
        publish(world);
        world.kafka.whileCommitting = () -> {};
    }

    @Test
    void formerActiveInstance_thatWasOnlyAsleep_commitsNothing() {
        stories.assertNeeded(
                Rule.NAME_ACTIVE,
                "I1",
                CALLS,
                (world, at) -> {
                    write(world, 3);
                    world.calm();
                    for (int i = 0; i < 2; i++) {
                        int other = 1 - i;
                        write(world, 30);
                        world.copy(i, CopyAgent.FRESHNESS);
                        world.interruptCopy(i, at, () -> {
                            takeOver(world, other);
                            follow(world, other, CALLS);
                            return Calls.Trouble.NONE;
                        });
                        applyAll(world, i);
                        world.undisturbed(i);
                    }
                },
                Rule.NAME_GENERATION);
    }

    @Test
    void copyBehindCompaction_isFilledAnew() {
        stories.assertNeeded(Rule.REFILL_BEHIND_COMPACTION, "I3", 10, (world, at) -> {
            write(world, 5);
            world.calm();
            write(world, 30);
            world.pass(world.kafka.minCompactionLag.plusMillis(100));
            compactAll(world);
            for (int i = 0; i < CALLS; i++) {
                follow(world, i % 2, 1);
            }
        });
    }

    @Test
    void formerActiveInstance_thatWasAsleepForLong_asksForNoFill() {
        World world = new World(Consistency.PER_TRANSACTION, Rules.all());
        world.seed(1);
        write(world, 5);
        world.calm();
        takeOver(world, 0);
        follow(world, 0, CALLS);
        takeOver(world, 1);
        for (int i = 0; i < 5; i++) {
            world.pass(world.kafka.minCompactionLag.dividedBy(4));
            write(world, 3);
            world.copy(1, CopyAgent.ACTIVE);
            follow(world, 1, CALLS);
        }
        compactAll(world);
        applyAll(world, 0);
        for (String stream : World.STREAMS) {
            assertNull(Objects.requireNonNull(world.store.stream(stream)).refill());
        }
    }

    @Test
    void effectAndOffset_areOneTransaction() {
        stories.assertNeeded(Rule.ONE_TRANSACTION, "I4", CALLS, (world, at) -> {
            write(world, 3);
            world.calm();
            write(world, 5);
            for (int i = 0; i < 2; i++) {
                int instance = i;
                world.interruptCopy(instance, at, () -> {
                    world.killCopy(instance);
                    return Calls.Trouble.NONE;
                });
                follow(world, instance, CALLS);
            }
        });
    }

    @Test
    void whatANewEpochBrings_withdrawsTheProofOfTheFormerOne() {
        stories.assertNeeded(Rule.WITHDRAW_FORMER_EPOCH, "I3", 10, (world, at) -> {
            write(world, 10);
            world.calm();
            List<SimTx> log = world.db.log();
            world.restores.volume(log.get(log.size() / 2).endLsn(), false, world.random);
            // no report is made until the rows were read anew; then one is slow
            for (int i = 0; i < 10 * CALLS; i++) {
                world.relay(0);
                for (int instance = 0; instance < 2; instance++) {
                    world.copy(instance, CopyAgent.ACTIVE);
                    world.copy(instance, CopyAgent.APPLY);
                }
            }
            for (int i = 0; i < 2; i++) {
                int instance = i;
                world.interruptCopy(instance, 1 + at, () -> {
                    applyAll(world, instance);
                    return Calls.Trouble.NONE;
                });
                world.copy(instance, CopyAgent.FRESHNESS);
                world.undisturbed(instance);
            }
        });
    }

    @Test
    void lostAcknowledgements_andInstancesThatEnd_changeNothing() {
        for (int at = 1; at <= CALLS; at++) {
            for (Calls.Trouble trouble : Calls.Trouble.values()) {
                assertNull(stories.failure(Rules.all(), (world, call) -> around(world, call, trouble), at));
            }
        }
    }

    private static void around(World world, int call, Calls.Trouble trouble) {
        write(world, 3);
        world.interruptCopy(0, call, () -> trouble);
        world.calm();
        write(world, 5);
        for (int i = 0; i < 2; i++) {
            int instance = i;
            world.interruptCopy(instance, call, () -> {
                if (trouble == Calls.Trouble.NONE) {
                    world.killCopy(instance);
                }
                return trouble;
            });
            follow(world, instance, CALLS);
        }
    }

    @Test
    void copy_movesFromBoundaryToBoundary() {
        World world = new World(Consistency.PER_TRANSACTION, Rules.all());
        for (int i = 0; i < CALLS; i++) {
            world.seed(i);
            write(world, 1);
            world.settle();
        }
        assertTrue(world.oracle.moves() > CALLS / 2, "moves: " + world.oracle.moves());
    }
}
