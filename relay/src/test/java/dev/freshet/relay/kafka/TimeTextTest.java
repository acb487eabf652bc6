package dev.freshet.relay.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimeTextTest {
    private final TimeText times = new TimeText();

    private String text(String instant) {
        return new String(times.of(Instant.parse(instant)), StandardCharsets.US_ASCII);
    }

    @Test
    void text_hasSixDigits_ofEachSecond() {
        assertEquals("2026-11-27T04:05:06.000001Z", text("2026-11-27T04:05:06.000001Z"));
        assertEquals("2026-11-27T04:05:06.999999Z", text("2026-11-27T04:05:06.999999999Z"));
        assertEquals("2026-11-27T04:05:06.000000Z", text("2026-11-27T04:05:06Z"));
        assertEquals("2026-11-27T04:05:07.120000Z", text("2026-11-27T04:05:07.12Z"));
        assertEquals("2026-11-27T04:05:06.500000Z", text("2026-11-27T04:05:06.5Z"));
    }

    @Test
    void text_holdsForTimesBefore1970AndFarOnes() {
        assertEquals("1969-12-31T23:59:59.900000Z", text("1969-12-31T23:59:59.9Z"));
        assertEquals("+12026-01-01T00:00:00.000000Z", text("+12026-01-01T00:00:00Z"));
    }
}
