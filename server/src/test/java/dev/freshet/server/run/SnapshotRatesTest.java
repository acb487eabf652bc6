package dev.freshet.server.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SnapshotRatesTest {
    private Instant now = Instant.EPOCH;
    private final SnapshotRates rates = new SnapshotRates(() -> now);

    @Test
    void rate_isThatOfTheLastStretch() {
        rates.observe("orders", 0);
        now = now.plusSeconds(2);
        rates.observe("orders", 10_000);
        assertEquals(5_000, rates.rate("orders"));
        now = now.plusSeconds(4);
        rates.observe("orders", 12_000);
        assertEquals(500, rates.rate("orders"));
    }

    @Test
    void snapshotThatBeginsAgain_isMeasuredAnew() {
        rates.observe("orders", 10_000);
        now = now.plusSeconds(2);
        rates.observe("orders", 100);
        assertEquals(0, rates.rate("orders"));
        assertEquals(0, rates.rate("customers"));
    }
}
