package dev.freshet.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.simulation.Rules.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Schedules of seeds that nobody has run before, and what is told of one that fails. */
class FreshSeedsTest {
    /** Shortly before a seed whose schedule misses a row; about one in ten thousand does. */
    private static final long MISSES = 10_500;

    private static final long SEEDS = Long.getLong("freshet.simulation.seeds", 2_000);

    @Test
    void schedulesOfFreshSeeds_breakNothing() throws InterruptedException {
        long base = ThreadLocalRandom.current().nextLong(1L << 40);
        Campaign.Result result = new Campaign(base, SEEDS, Duration.ofHours(1), Rules.all()).run();
        System.out.println(result.schedules() + " schedules of the seeds from " + base + ", " + result.perMinute()
                + " a minute, " + result.claims() + " claims, " + result.boundaries() + " boundaries, "
                + result.moves() + " moves, " + result.events() + " records of events");
        Trial failed = result.failed();
        assertNull(failed, () -> "run it again with: freshet simulate --seed " + failed.seed());
        assertEquals(SEEDS, result.schedules());
        assertTrue(result.claims() > 5 * SEEDS, "claims: " + result.claims());
        assertTrue(result.boundaries() > 5 * SEEDS, "boundaries: " + result.boundaries());
        assertTrue(result.moves() > SEEDS, "moves: " + result.moves());
        assertTrue(result.events() > 5 * SEEDS, "records of events: " + result.events());
    }

    @Test
    void rowThatASnapshotMisses_isMissedAtABoundary() {
        Rules broken = Rules.without(Rule.WAIT_FOR_VISIBILITY);
        String failure = LongStream.range(MISSES, MISSES + SEEDS)
                .mapToObj(seed -> Trial.run(seed, Schedule.of(seed), broken).failure())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("none");
        assertTrue(failure.startsWith("I2"), failure);
    }

    @Test
    void seed_alwaysGivesTheSame() {
        assertEquals(Schedule.of(7), Schedule.of(7));
        assertEquals(
                Trial.run(7, Schedule.of(7), Rules.all()),
                Trial.run(7, Schedule.parse(Schedule.of(7).toString()), Rules.all()));
    }

    @Test
    void scheduleWithEvents_isToldAsOne_inAThirdOfTheSeeds_andAPolledOneInASixth() {
        List<Schedule> with = LongStream.range(0, SEEDS)
                .mapToObj(Schedule::of)
                .filter(s -> s.events() != Publishing.NONE)
                .toList();
        long polled = with.stream().filter(s -> s.events().isPolled()).count();
        long read = with.size() - polled;
        assertTrue(read > SEEDS / 4 && read < SEEDS * 5 / 12, read + " of " + SEEDS);
        assertTrue(polled > SEEDS / 8 && polled < SEEDS / 5, polled + " of " + SEEDS);
        with.forEach(s -> assertEquals(s, Schedule.parse(s.toString())));
    }

    @Test
    void failingSchedule_isMadeShort_andFailsAgainAlike() throws InterruptedException {
        Rules broken = Rules.without(Rule.COUNT_PER_FILL);
        Trial failed = Objects.requireNonNull(
                new Campaign(1, 1_000, Duration.ofHours(1), broken).run().failed());
        assertTrue(
                failed.schedule().decisions().size()
                        < Schedule.of(failed.seed()).decisions().size(),
                failed.toString());
        Trial again = Trial.run(failed.seed(), Schedule.parse(failed.schedule().toString()), broken);
        assertEquals(failed.failure(), again.failure());
        assertNull(Trial.run(failed.seed(), failed.schedule(), Rules.all()).failure());
    }
}
