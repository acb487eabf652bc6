package dev.freshet.model.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.model.RetriableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutageTest {
    private static final Duration TRY = Duration.ofMillis(500);

    private Instant now = Instant.EPOCH;
    private final List<String> told = new ArrayList<>();
    private final Outage outage =
            new Outage("relay/shop", () -> now, FaultLog.of((message, cause) -> told.add(message), told::add));

    /** Fails, as often as two tries a second do in so many seconds, and comes back without a try in between. */
    private void away(int seconds, String message) {
        for (int i = 0; i < 2 * seconds; i++) {
            outage.fault(new RetriableException(message));
            outage.worked();
            now = now.plus(TRY);
        }
    }

    @Test
    void repeatedFault_isToldOnce_thenEveryHalfMinute_thenThatItIsOver() {
        away(70, "away");
        now = now.plus(Outage.QUIET);
        outage.worked();
        outage.worked();
        assertEquals(
                List.of(
                        "away",
                        "away (61 failed tries in 30 s)",
                        "away (121 failed tries in 60 s)",
                        "relay/shop works again (140 failed tries in 69 s)"),
                told);
    }

    @Test
    void otherFault_isToldAtOnce_unlessEachIsAnother() {
        away(1, "away");
        away(1, "refused");
        away(1, "away");
        assertEquals(List.of("away", "refused (3 failed tries in 1 s)"), told);
        told.clear();
        for (int i = 0; i < 40; i++) {
            away(1, "fault number " + i);
        }
        assertEquals(Outage.KINDS - 2 + 1, told.size(), told.toString());
    }

    @Test
    void singleFault_isToldToBeOver_andTheNextOneIsNew() {
        away(0, "never");
        outage.fault(new RetriableException("away"));
        outage.worked();
        now = now.plus(Outage.QUIET);
        outage.worked();
        outage.fault(new RetriableException("away"));
        assertEquals(List.of("away", "relay/shop works again (1 failed try)", "away"), told);
    }
}
