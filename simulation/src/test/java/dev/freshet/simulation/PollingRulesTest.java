package dev.freshet.simulation;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.simulation.Rules.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each rule of the protocol that concerns a polled table, with the schedule that loses, doubles or reorders an event without it. */
class PollingRulesTest {
    private static final int CALLS = 40;
    private static final String CART = EventConfig.FIRST;
    private static final String BILL = EventConfig.SECOND;

    /** Longer than between two questions who writes. */
    private static final Duration QUESTION = Duration.ofMillis(300);

    /** A schedule, in which something happens at a call. */
    private interface Story {
        void play(PolledWorld world, int at);
    }

    private static @Nullable String failure(Publishing by, Rules rules, Story story, int at) {
        PolledWorld world = new PolledWorld(by, rules);
        Decision.seed(world.random, at);
        try {
            story.play(world, at);
            world.settle();
            return null;
        } catch (Violation e) {
            return e.getMessage();
        }
    }

    private static void assertHolds(Publishing by, int calls, Story story) {
        for (int at = 1; at <= calls; at++) {
            assertNull(failure(by, Rules.all(), story, at), by + ", at call " + at);
        }
    }

    private static void assertHolds(int calls, Story story) {
        assertHolds(Publishing.POLLED, calls, story);
        assertHolds(Publishing.POLLED_INNODB, calls, story);
    }

    private static void assertNeeded(
            Publishing by, Rule rule, String invariant, int calls, Story story, Rule... others) {
        assertHolds(by, calls, story);
        List<String> failures = new ArrayList<>();
        for (int at = 1; at <= calls; at++) {
            String failure = failure(by, Rules.without(rule, others), story, at);
            if (failure != null) {
                failures.add(failure);
            }
        }
        assertTrue(
                failures.stream().anyMatch(f -> f.startsWith(invariant)),
                () -> "without " + rule + " " + invariant + " must break, but: " + failures);
    }

    private static void publish(PolledWorld world, int events) {
        for (int i = 0; i < events; i++) {
            world.publisher.publish(CART, "k" + i % 3, world.random);
        }
    }

    private static Calls.Trouble nothing() {
        return Calls.Trouble.NONE;
    }

    /** Lets the relay work until it has asked twice who writes. */
    private static void askTwice(PolledWorld world) {
        for (int i = 0; i < 3; i++) {
            world.relay(0, 3);
            world.pass(QUESTION);
        }
    }

    /** A row is begun before another one, and can be seen after it. */
    private static void beginEarly(PolledWorld world, int at) {
        world.calm();
        PolledTx early = world.publisher.begin(CART, "k0", world.random);
        publish(world, 1 + at % 3);
        early.decided = true;
        askTwice(world);
        world.server.show(early);
    }

    @Test
    void rowThatHasCommitted_andCannotBeSeenYet_isWaitedFor() {
        assertNeeded(Publishing.POLLED, Rule.WRITE_UNTIL_SHOWN, "I3", 3, PollingRulesTest::beginEarly);
    }

    @Test
    void transactionThatIsPrepared_isWaitedForUnderItsOtherName() {
        assertNeeded(Publishing.POLLED, Rule.TELL_PREPARED, "I3", 3, (world, at) -> {
            world.calm();
            PolledTx early = world.publisher.begin(CART, "k0", world.random);
            publish(world, 2);
            world.pass(QUESTION);
            world.relay(0, at);
            early.prepare();
            askTwice(world);
            world.server.show(early);
        });
    }

    @Test
    void statementWhoseTransactionDoesNotShow_isWaitedFor() {
        assertNeeded(Publishing.POLLED_INNODB, Rule.TELL_STATEMENTS, "I3", 8, (world, at) -> {
            world.calm();
            Decision.seed(world.random, at);
            PolledTx early = world.publisher.begin(CART, "k0", world.random);
            publish(world, 2);
            askTwice(world);
            early.begun();
            askTwice(world);
            world.server.show(early);
        });
    }

    @Test
    void rowInAGap_thatCommittedBeforeALaterOneWasBegun_standsBeforeIt() {
        assertNeeded(Publishing.POLLED, Rule.LOOK_INTO_GAPS_ANEW, "E2", 8, (world, at) -> {
            world.calm();
            PolledTx early = world.publisher.begin(CART, "k0", world.random);
            world.publisher.publish(CART, "k1", world.random);
            world.relay(0, 3);
            world.interrupt(0, at, () -> {
                world.server.show(early);
                world.publisher.publish(CART, "k0", world.random);
                return nothing();
            });
            world.relayAgent(0, PolledNodes.POLLER);
            world.relay(0, 5);
        });
    }

    /** A gap is given up by an answer only if it was looked into behind that; what it waits for may end in between. */
    @Test
    void transactionThatEnds_inTheMidstOfARound_isFoundByALaterLook() {
        assertHolds(12, (world, at) -> {
            world.calm();
            PolledTx early = world.publisher.begin(CART, "k0", world.random);
            PolledTx other = world.publisher.begin(CART, "k1", world.random);
            publish(world, 3);
            world.server.show(other);
            askTwice(world);
            world.interrupt(0, at, () -> {
                world.server.show(early);
                return nothing();
            });
            world.relayAgent(0, PolledNodes.POLLER);
            askTwice(world);
        });
    }

    /** Of a transaction whose rows lie in several gaps, the later ones are not numbered without the earlier. */
    @Test
    void rowsOfOneKey_inSeveralGaps_standInTheirOrder_wheneverTheyAreCommitted() {
        assertHolds(12, (world, at) -> {
            world.calm();
            PolledTx early = world.server.begin(world.random);
            for (int i = 0; i < 5; i++) {
                world.publisher.add(early, CART, "k0", false);
                world.publisher.publish(CART, "k1", world.random);
            }
            askTwice(world);
            world.interrupt(0, at, () -> {
                world.server.show(early);
                return nothing();
            });
            world.relayAgent(0, PolledNodes.POLLER);
            world.relay(0, 4);
        });
    }

    @Test
    void numbers_areDurable_beforeTheirRowsAreSent() {
        assertNeeded(Publishing.POLLED, Rule.DURABLE_NUMBERS, "N4", 3, (world, at) -> {
            world.calm();
            publish(world, at);
            world.calm();
            world.server.restart(world.random);
            world.relay(0, 30);
        });
    }

    /** Stands still at some call of the poller, while another relay takes its place. */
    private static void standStill(PolledWorld world, int at) {
        world.calm();
        publish(world, 3);
        world.interrupt(0, at, () -> {
            world.server.freeLock();
            publish(world, 3);
            for (int i = 0; i < 10; i++) {
                world.relay(1, 3);
                world.pass(QUESTION);
            }
            return nothing();
        });
        world.relayAgent(0, PolledNodes.POLLER);
        world.relay(0, 20);
    }

    @Test
    void oneAloneNumbers() {
        assertNeeded(Publishing.POLLED, Rule.LOCK_TO_THE_END, "N", 8, PollingRulesTest::standStill, Rule.NUMBER_ONCE);
    }

    @Test
    void numberThatIsGiven_isRefused() {
        assertNeeded(Publishing.POLLED, Rule.NUMBER_ONCE, "N", 8, PollingRulesTest::standStill, Rule.LOCK_TO_THE_END);
    }

    private static void publishBesideTheKeeper(PolledWorld world, int at) {
        world.calm();
        publish(world, 3);
        world.relay(0, 10);
        world.interrupt(0, at, () -> {
            publish(world, 2);
            return nothing();
        });
        for (int i = 0; i < 6; i++) {
            world.relayAgent(0, PolledNodes.KEEPER);
            world.pass(QUESTION);
        }
    }

    @Test
    void rowThatIsNotSent_isNotCleared() {
        for (Publishing by : List.of(Publishing.POLLED, Publishing.POLLED_INNODB)) {
            assertNeeded(by, Rule.CLEAR_WHAT_IS_SENT, "E3", 10, PollingRulesTest::publishBesideTheKeeper);
        }
    }

    @Test
    void timeOfALook_liesBeforeIt() {
        assertNeeded(Publishing.POLLED, Rule.CLOCK_BEFORE_LOOK, "I3", 8, (world, at) -> {
            world.calm();
            world.pass(QUESTION);
            publish(world, 2);
            world.interrupt(0, at, () -> {
                publish(world, 1);
                return nothing();
            });
            world.relayAgent(0, PolledNodes.POLLER);
            world.relayAgent(0, PolledNodes.SAMPLER);
            world.relayAgent(0, PolledNodes.LEADER);
            world.relayAgent(0, PolledNodes.LEADER);
        });
    }

    @Test
    void keyThatIsParked_staysSo_afterATakeOver() {
        assertNeeded(Publishing.POLLED, Rule.PARK_IN_LEDGER, "E2", 3, (world, at) -> {
            world.calm();
            PolledTx tx = world.server.begin(world.random);
            world.publisher.add(tx, CART, "k0", true);
            world.server.show(tx);
            world.relay(0, 10);
            world.kill(0, 1);
            world.relay(0, 10);
            world.publisher.publish(CART, "k0", world.random);
            world.relay(0, 10);
        });
    }

    @Test
    void events_areSentOnce_wheneverTheRelayEnds() {
        assertHolds(CALLS, (world, at) -> {
            world.calm();
            PolledTx early = world.publisher.begin(CART, "k0", world.random);
            publish(world, 7);
            world.kill(0, at);
            world.relay(0, 10);
            world.server.show(early);
            publish(world, 7);
        });
    }

    @Test
    void events_areSentOnce_wheneverTheDatabaseBeginsAgain() {
        assertHolds(CALLS, (world, at) -> {
            world.calm();
            world.publisher.begin(CART, "k0", world.random).prepare();
            publish(world, 4);
            world.interrupt(0, at, () -> {
                world.server.restart(world.random);
                publish(world, 4);
                return nothing();
            });
            world.relay(0, 20);
        });
    }

    @Test
    void events_areSent_wheneverTheDatabaseIsSetBack() {
        assertHolds(CALLS, (world, at) -> {
            world.calm();
            publish(world, 4);
            world.server.backUp();
            world.relay(0, 1 + at % 4);
            publish(world, 4);
            world.interrupt(0, at, () -> {
                world.server.restore(world.random);
                publish(world, 4);
                return nothing();
            });
            world.relay(0, 20);
        });
    }

    /** What has a number of the former slot, and was not sent, would else count as sent: nothing was missing by the numbers. */
    @Test
    void databaseThatIsSetBack_toBeforeItsSlotWasMade_isAnotherHistory() {
        assertHolds(20, (world, at) -> {
            world.calm();
            publish(world, 3);
            world.kill(0, at);
            world.relayAgent(0, PolledNodes.POLLER);
            world.server.backUp();
            world.server.loseSlot();
            world.relay(0, 6);
            world.server.restore(world.random);
        });
    }

    /** Its transactions have the numbers of others that were sent. */
    @Test
    void databaseThatIsSetBack_isNotCleared_byWhatItShowedBefore() {
        assertHolds(30, (world, at) -> {
            world.calm();
            world.server.backUp();
            publish(world, 6);
            world.calm();
            for (int i = 0; i < 4; i++) {
                world.relayAgent(0, PolledNodes.KEEPER);
                world.pass(QUESTION);
            }
            world.server.restore(world.random);
            for (int i = 0; i < at; i++) {
                world.relay(0);
                world.pass(World.STEP);
            }
            world.interrupt(0, 1 + at % 5, () -> {
                publish(world, 3);
                return nothing();
            });
            for (int i = 0; i < 3; i++) {
                world.relayAgent(0, PolledNodes.KEEPER);
                world.pass(QUESTION);
            }
        });
    }

    @Test
    void letters_areSentOnce_wheneverTheCommandOrTheRelayEnds() {
        assertHolds(CALLS, (world, at) -> {
            world.calm();
            PolledTx tx = world.server.begin(world.random);
            world.publisher.add(tx, CART, "k0", true);
            world.server.show(tx);
            publish(world, 6);
            world.publisher.publish(BILL, "k0", world.random);
            world.relay(0, 10);
            world.configure();
            world.configure();
            world.relay(0, 10);
            world.letters.redriveSomething(world.random, () -> {
                world.relay(0, 10);
                return nothing();
            });
            world.kill(0, at);
            world.relay(0, 10);
            world.letters.discardSomething(world.random);
        });
    }

    @Test
    void schedulesWithAPolledTable_haveEventsAndLetters() {
        for (String text : List.of("polled", "polled-innodb")) {
            Trial trial = Trial.run(
                    1, Schedule.parse(text + " calm:1 publish:17 publish:25 publish:33 publish:41"), Rules.all());
            assertNull(trial.failure());
            assertTrue(trial.events() > 4, "records of events: " + trial.events());
            assertTrue(trial.boundaries() > 2, "boundaries: " + trial.boundaries());
        }
    }
}
