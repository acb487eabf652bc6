package dev.freshet.relay.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.TableCapture;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommitPaceTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration LINGER = Duration.ofMillis(5);
    private static final Duration AGE = Duration.ofMillis(200);

    private final CommitPace pace = new CommitPace(
            RelaySettings.builder(
                            "shop",
                            List.of(StreamSettings.of(
                                    new TableCapture("orders", "public.orders", List.of(), List.of()), "orders")),
                            Map.of("bootstrap.servers", "localhost:1"))
                    .batchLinger(LINGER)
                    .batchAge(AGE)
                    .build(),
            START);

    @Test
    void dueWithRecords_countsFromTheBeginningOfTheCommitBefore() {
        pace.begin(START.plusMillis(100));
        pace.end(START.plusMillis(104));
        assertEquals(START.plusMillis(100).plus(LINGER), pace.dueWithRecords());
    }

    @Test
    void isOverdue_afterACommitThatTookLonger_leavesTimeForABatch() {
        pace.begin(START);
        Instant end = START.plus(AGE.multipliedBy(2));
        pace.end(end);
        assertFalse(pace.isOverdue(end.plusMillis(1)), "one transaction of the source would fill a batch");
        assertTrue(pace.isOverdue(end.plus(AGE).plusMillis(1)));
    }

    @Test
    void dueWithoutRecords_atFirst_isAtOnce_thenRarely() {
        assertEquals(START, pace.dueWithoutRecords());
        pace.begin(START);
        Instant end = START.plusMillis(150);
        pace.end(end);
        assertEquals(end.plusMillis(100), pace.dueWithoutRecords());
    }
}
