package dev.freshet.simulation;

import static dev.freshet.simulation.Stories.publish;
import static dev.freshet.simulation.Stories.write;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.simulation.Rules.Rule;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each rule of the protocol that concerns events, with the schedule that loses, doubles or reorders one without it. */
class EventRulesTest {
    private static final int CALLS = 60;
    private static final String CART = EventConfig.FIRST;
    private static final String BILL = EventConfig.SECOND;

    private final Stories first = new Stories(Publishing.FIRST);
    private final Stories later = new Stories(Publishing.LATER);

    private static void publishMany(World world, String stream, int events) {
        for (int i = 0; i < events; i++) {
            world.db.outbox.publish(stream, "k" + i % 2, true);
        }
    }

    private static void kill(World world, int calls) {
        world.interruptRelay(0, calls, () -> {
            throw new Calls.Killed();
        });
    }

    private static void publishAt(World world, int calls) {
        world.interruptRelay(0, calls, () -> {
            world.db.outbox.publish(CART, "k0", true);
            return Calls.Trouble.NONE;
        });
    }

    @Test
    void rowOfATransactionThatWasOpen_whenTheTableJoined_isSent() {
        later.assertNeeded(Rule.JOIN_BEHIND_OPEN, "I2", 3, (world, at) -> {
            write(world, 3);
            world.calm();
            world.db.outbox.begin(CART, "k0");
            world.configure();
            publish(world);
            world.db.outbox.commitAll();
        });
    }

    /** Publishes in the midst of what the keeper does, and lets it go on while the relay does not. */
    private static void publishBesideTheKeeper(World world, int at) {
        publishMany(world, CART, 3);
        world.calm();
        publish(world);
        publishAt(world, at);
        for (int i = 0; i < 4; i++) {
            world.pass(EventConfig.EVENTS.outboxRetention().partition());
            world.keeper(0);
        }
    }

    @Test
    void placeOfASnapshot_isBehindAllThatItShows() {
        first.assertNeeded(Rule.LOG_BEHIND_SNAPSHOT, "E3", 6, EventRulesTest::publishBesideTheKeeper);
    }

    @Test
    void rowThatIsNotSent_isNotCleared() {
        first.assertNeeded(Rule.CLEAR_WHAT_IS_SENT, "E3", 6, EventRulesTest::publishBesideTheKeeper);
    }

    @Test
    void snapshot_isTheSameAfterATakeOver() {
        later.assertNeeded(Rule.FIX_SNAPSHOT, "E1", CALLS, (world, at) -> {
            world.calm();
            publishMany(world, CART, 10);
            world.configure();
            world.relay(0);
            kill(world, at);
            publish(world);
            publishMany(world, CART, 3);
        });
    }

    @Test
    void rowThatTheSnapshotShows_isNotSentFromTheLog() {
        first.assertNeeded(Rule.PASS_OVER_SHOWN, "E1", CALLS, (world, at) -> {
            publishAt(world, at);
            publish(world);
        });
    }

    @Test
    void keyThatIsParked_staysSo_afterATakeOver() {
        first.assertNeeded(Rule.PARK_IN_LEDGER, "E2", 3, (world, at) -> {
            world.calm();
            world.db.outbox.publishLarge(CART, "k0");
            publish(world);
            kill(world, 1);
            publish(world);
            world.db.outbox.publish(CART, "k0", true);
            publish(world);
        });
    }

    private void assertHolds(Stories stories, int calls, Stories.Story story) {
        for (int at = 1; at <= calls; at++) {
            assertNull(stories.failure(Rules.all(), story, at), "at call " + at);
        }
    }

    /** What was sent of the stream's events as dead letters is not all of them. */
    @Test
    void streamThatIsConfigured_whileItsEventsOfBeforeBecomeDeadLetters_getsTheOthers() {
        assertHolds(later, CALLS, (world, at) -> {
            world.calm();
            publishMany(world, BILL, 10);
            world.configure();
            world.relay(0);
            world.interruptRelay(0, at, () -> {
                world.configure();
                return Calls.Trouble.NONE;
            });
            publish(world);
        });
    }

    /** Else what is sent next would begin below what was sent of the table, at the same boundary. */
    @Test
    void letterThatIsRedriven_afterTheTablesEventsOfBefore_comesBehindThem() {
        assertHolds(later, 20, (world, at) -> {
            world.calm();
            publishMany(world, CART, 3);
            world.db.outbox.publishLarge(CART, "k1");
            publish(world);
            world.configure();
            for (int i = 0; i < at; i++) {
                world.relay(0);
            }
            world.configure();
            world.configure();
            world.events().letters.redrive(CART);
        });
    }

    /** The ledger's boundary is of both histories, and the snapshot that it has is of the former alone. */
    @Test
    void serverThatIsSetBack_behindTheSnapshot_isAnotherHistory() {
        assertHolds(later, CALLS, (world, at) -> {
            write(world, 3);
            world.calm();
            long before = world.db.end;
            publishMany(world, CART, 5);
            world.configure();
            world.relay(0);
            world.interruptRelay(0, at, () -> {
                world.restores.volume(before, true, world.random);
                return Calls.Trouble.NONE;
            });
            publish(world);
        });
    }

    /** What is durable is of the former one, whose log was longer. */
    @Test
    void serverInThePlaceOfAnother_isNotCleared() {
        assertHolds(first, 6, (world, at) -> {
            world.calm();
            long before = world.db.end;
            publishMany(world, CART, 6);
            publish(world);
            world.pass(EventConfig.EVENTS.outboxRetention().partition());
            for (int i = 0; i < at; i++) {
                world.keeper(0);
            }
            world.restores.promote(before, true, world.random);
            publishMany(world, CART, 3);
            for (int i = 0; i < 5; i++) {
                world.keeper(0);
                world.pass(EventConfig.EVENTS.outboxRetention().partition());
            }
        });
    }

    @Test
    void letters_areSentOnce_wheneverTheCommandOrTheRelayEnds() {
        assertHolds(first, CALLS, (world, at) -> {
            world.calm();
            world.db.outbox.publishLarge(CART, "k0");
            publishMany(world, CART, 6);
            publish(world);
            while (!world.events().config.streams().contains(BILL)) {
                world.configure();
            }
            world.configure();
            publish(world);
            world.events().letters.redriveSomething(world.random, () -> {
                publish(world);
                return Calls.Trouble.NONE;
            });
            kill(world, at);
            publish(world);
            world.events().letters.discardSomething(world.random);
        });
    }

    @Test
    void schedulesWithEvents_haveEventsAndLetters() {
        long events = 0;
        for (String text : List.of("events", "events-later configure:1")) {
            Trial trial = Trial.run(
                    1, Schedule.parse(text + " calm:1 publish:17 publish:25 publish:33 publish:41"), Rules.all());
            assertNull(trial.failure());
            events += trial.events();
        }
        assertTrue(events > 4, "records of events: " + events);
    }
}
