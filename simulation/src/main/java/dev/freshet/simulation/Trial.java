package dev.freshet.simulation;

import org.jspecify.annotations.Nullable;

/**
 * What became of one schedule.
 *
 * @param seed its seed
 * @param schedule the schedule; where it failed, shrunk
 * @param failure what did not hold, with the first lines of the stack if it was no invariant, or null
 * @param steps how many steps were made
 * @param claims how many claims of a copy were checked
 * @param boundaries how many boundaries of running streams were compared with their tables
 * @param moves how many states of a per-transaction copy were checked that followed one another
 * @param events how many records of events and dead letters were checked
 */
record Trial(
        long seed,
        Schedule schedule,
        @Nullable String failure,
        int steps,
        long claims,
        long boundaries,
        long moves,
        long events) {
    private static final int TRIES = 1_000;

    /** Runs a seed's schedule, and shrinks it if it fails. */
    static Trial of(long seed, Rules rules) {
        Trial trial = run(seed, Schedule.of(seed), rules);
        String failure = trial.failure();
        if (failure == null) {
            return trial;
        }
        String kind = kind(failure);
        boolean early = fails(kind, run(seed, trial.schedule(), rules, false));
        Schedule shrunk = new Shrinker(s -> fails(kind, run(seed, s, rules, !early)), TRIES).shrink(trial.schedule());
        return run(seed, shrunk, rules, !early);
    }

    private static boolean fails(String kind, Trial trial) {
        String failure = trial.failure();
        return failure != null && kind(failure).equals(kind);
    }

    /** Runs a schedule, and then goes on until everything is complete. */
    static Trial run(long seed, Schedule schedule, Rules rules) {
        return run(seed, schedule, rules, true);
    }

    private static Trial run(long seed, Schedule schedule, Rules rules, boolean toTheEnd) {
        Played world = schedule.events().isPolled()
                ? new PolledWorld(schedule.events(), rules)
                : new World(schedule.copies(), schedule.events(), rules);
        String failure = null;
        try {
            world.play(schedule);
            if (toTheEnd) {
                world.settle();
            }
        } catch (Violation e) {
            failure = String.valueOf(e.getMessage());
        } catch (RuntimeException | StackOverflowError e) {
            StackTraceElement[] stack = e.getStackTrace();
            failure = e + (stack.length == 0 ? "" : " at " + stack[0]);
        }
        Played.Checked checked = world.checked();
        return new Trial(
                seed,
                schedule,
                failure,
                checked.steps(),
                checked.claims(),
                checked.boundaries(),
                checked.moves(),
                checked.events());
    }

    /** A shorter schedule is to fail in the same way, not in any. */
    private static String kind(String failure) {
        int colon = failure.indexOf(':');
        return colon < 0 ? failure : failure.substring(0, colon);
    }
}
