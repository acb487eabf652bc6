package dev.freshet.faults;

import java.util.Random;
import java.util.Set;

/**
 * The events that a service is asked for, one after the other: most of healthy keys, and a few of sick ones, of which some are larger
 * than their topic takes, early, so that each process has one. Belongs to one thread.
 */
final class Requests {
    private static final int HEALTHY_KEYS = 10;
    private static final int SICK_KEYS = 2;
    private static final int FIRST_SICK = 10;
    private static final Set<Integer> SICK = Set.of(FIRST_SICK, 30, 100);

    private final Way way;
    private final Random random;
    private int drawn;

    Requests(Way way, Random random) {
        this.way = way;
        this.random = random;
    }

    Request next() {
        drawn++;
        if (SICK.contains(drawn)) {
            String key = way.word() + Request.SICK + random.nextInt(SICK_KEYS);
            return Request.of(key, drawn == FIRST_SICK || random.nextBoolean());
        }
        return Request.of(way.word() + "/service/" + random.nextInt(HEALTHY_KEYS), false);
    }
}
