package dev.freshet.simulation;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.replica.Consistency;
import dev.freshet.simulation.Rules.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Schedules that break a copy, or what becomes of events, without a rule. What stands still or ends in one does so at each call in turn: with the rule
 * nothing breaks at any of them, without it something does at one.
 */
final class Stories {
    /** A schedule. */
    interface Story {
        /**
         * Plays it.
         *
         * @param at the number of the call at which something happens
         */
        void play(World world, int at);
    }

    private final Consistency copies;
    private final Publishing events;

    /** Creates the stories of copies that are one or the other way consistent. */
    Stories(Consistency copies) {
        this(copies, Publishing.NONE);
    }

    /** Creates the stories of a source that publishes events. */
    Stories(Publishing events) {
        this(Consistency.PER_KEY, events);
    }

    private Stories(Consistency copies, Publishing events) {
        this.copies = copies;
        this.events = events;
    }

    @Nullable
    String failure(Rules rules, Story story, int at) {
        World world = new World(copies, events, rules);
        world.seed(at);
        try {
            story.play(world, at);
            world.settle();
            return null;
        } catch (Violation e) {
            return e.getMessage();
        }
    }

    /** A rule is needed by an invariant; the others are a second guard of the same, and have a story of their own. */
    void assertNeeded(Rule rule, String invariant, int calls, Story story, Rule... others) {
        List<String> failures = new ArrayList<>();
        for (int at = 1; at <= calls; at++) {
            assertNull(failure(Rules.all(), story, at), "with the rule, at call " + at);
            String failure = failure(Rules.without(rule, others), story, at);
            if (failure != null) {
                failures.add(failure);
            }
        }
        assertTrue(
                failures.stream().anyMatch(f -> f.startsWith(invariant)),
                () -> "without " + rule + " " + invariant + " must break, but: " + failures);
    }

    static void write(World world, int transactions) {
        for (int i = 0; i < transactions; i++) {
            world.db.commitSomething(world.random, false);
        }
        publish(world);
    }

    static void publish(World world) {
        for (int i = 0; i < 30; i++) {
            world.relay(0);
        }
    }

    static void applyAll(World world, int instance) {
        for (int i = 0; i < 30; i++) {
            world.copy(instance, CopyAgent.APPLY);
        }
    }

    static void compactAll(World world) {
        for (String stream : World.STREAMS) {
            for (int p = 0; p < World.PARTITIONS; p++) {
                world.kafka.compact(World.topic(stream), p);
            }
        }
    }
}
