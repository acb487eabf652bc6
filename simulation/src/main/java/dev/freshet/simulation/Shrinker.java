package dev.freshet.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Makes a failing schedule shorter (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002). */
final class Shrinker {
    private final Predicate<Schedule> fails;
    private int triesLeft;

    /**
     * Creates a shrinker.
     *
     * @param fails whether a schedule still fails
     * @param tries how many schedules are tried at most
     */
    Shrinker(Predicate<Schedule> fails, int tries) {
        this.fails = fails;
        this.triesLeft = tries;
    }

    Schedule shrink(Schedule failing) {
        List<Decision> best = failing.decisions();
        int chunk = Math.max(1, best.size() / 2);
        while (true) {
            boolean shorter = false;
            for (int from = 0; from < best.size() && triesLeft > 0; ) {
                List<Decision> without = new ArrayList<>(best.subList(0, from));
                without.addAll(best.subList(Math.min(best.size(), from + chunk), best.size()));
                triesLeft--;
                if (fails.test(failing.with(without))) {
                    best = without;
                    shorter = true;
                } else {
                    from += chunk;
                }
            }
            if (triesLeft <= 0 || (chunk == 1 && !shorter)) {
                return failing.with(best);
            }
            chunk = Math.max(1, chunk / 2);
        }
    }
}
