package dev.freshet.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.direct.LanesModel.Wrong;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The model of the lanes: random schedules, in which nothing is lost that was said to be safe, and keys keep their order. */
class LanesModelTest {
    private static final int SCHEDULES = 1_000;
    private static final int STEPS = 300;

    private static @Nullable String failure(long seed, Wrong wrong) {
        LanesModel model = new LanesModel(seed, wrong);
        try {
            for (int i = 0; i < STEPS; i++) {
                model.step();
            }
            model.settle();
            return null;
        } catch (AssertionError e) {
            return e.getMessage();
        }
    }

    @Test
    void schedulesOfFreshSeeds_breakNothing() {
        long base = ThreadLocalRandom.current().nextLong(1L << 40);
        for (long seed = base; seed < base + SCHEDULES; seed++) {
            assertEquals(null, failure(seed, Wrong.NOTHING), "seed " + seed);
        }
    }

    @Test
    void portThatDoesWrong_isNoticed() {
        for (Wrong wrong : Wrong.values()) {
            Optional<String> failure = wrong == Wrong.NOTHING
                    ? Optional.of("")
                    : LongStream.range(0, SCHEDULES)
                            .mapToObj(seed -> failure(seed, wrong))
                            .filter(Objects::nonNull)
                            .findFirst();
            assertTrue(failure.isPresent(), () -> wrong + " breaks nothing");
        }
    }
}
