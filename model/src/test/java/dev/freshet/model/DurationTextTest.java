package dev.freshet.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurationTextTest {
    @Test
    void duration_isWrittenAsInTheConfiguration() {
        assertEquals("450ms", DurationText.of(Duration.ofMillis(450)));
        assertEquals("120ms", DurationText.of(Duration.ofNanos(120_278_931)));
        assertEquals("0s", DurationText.of(Duration.ofNanos(1)));
        assertEquals("90s", DurationText.of(Duration.ofSeconds(90)));
        assertEquals("2m", DurationText.of(Duration.ofMinutes(2)));
        assertEquals("36h", DurationText.of(Duration.ofHours(36)));
        assertEquals("7d", DurationText.of(Duration.ofDays(7)));
    }
}
