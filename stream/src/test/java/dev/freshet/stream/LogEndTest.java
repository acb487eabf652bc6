package dev.freshet.stream;

import static dev.freshet.stream.Ledgers.ORDERS;
import static dev.freshet.stream.Ledgers.START;
import static dev.freshet.stream.Ledgers.offsets;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LogEndTest {
    private static final Duration LIMIT = Duration.ofHours(1);

    private final LogEnd end = new LogEnd(START, LIMIT);

    private static Instant minute(int minute) {
        return START.plus(Duration.ofMinutes(minute));
    }

    @Test
    void passedSample_countsFromWhenItWasTaken() {
        end.sampled(minute(10), offsets(ORDERS, 5, 5));
        assertFalse(end.passed(offsets(ORDERS, 5, 4), minute(20)));
        assertEquals(START, end.at());
        assertTrue(end.passed(offsets(ORDERS, 5, 5), minute(30)));
        assertEquals(minute(10), end.at());
        assertFalse(end.expired(minute(69)));
        assertTrue(end.expired(minute(70)));
    }

    @Test
    void laterSample_doesNotReplaceOneThatIsNotPassed() {
        end.sampled(minute(10), offsets(ORDERS, 5));
        end.sampled(minute(20), offsets(ORDERS, 500));
        assertTrue(end.passed(offsets(ORDERS, 5), minute(21)));
        assertEquals(minute(10), end.at());
    }

    @Test
    void comingTooLate_isNotMendedByReachingTheEnd() {
        end.sampled(minute(10), offsets(ORDERS, 5));
        assertFalse(end.passed(offsets(ORDERS, 5), minute(60)));
        assertEquals(START, end.at());
        end.sampled(minute(61), offsets(ORDERS, 5));
        assertFalse(end.passed(offsets(ORDERS, 5), minute(61)));
        assertTrue(end.expired(minute(1)), "it stays so, whatever the clock says");
    }

    @Test
    void sampleFromBefore_isIgnored() {
        end.sampled(START, offsets(ORDERS, 0));
        assertFalse(end.passed(offsets(ORDERS, 0), minute(1)));
    }
}
