package dev.freshet.capture.postgres.value;

import static dev.freshet.capture.postgres.value.Texts.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TemporalsTest {
    @Test
    void timestamptz_isAnInstant() {
        assertEquals("\"2026-01-02T03:04:05.123456Z\"", json(Temporals.INSTANT, "2026-01-02 03:04:05.123456+00"));
        assertEquals("\"2026-01-02T03:04:05Z\"", json(Temporals.INSTANT, "2026-01-02 03:04:05+00"));
    }

    @Test
    void timestamp_isLocal() {
        assertEquals("\"2026-01-02T03:04:05.1\"", json(Temporals.TIMESTAMP, "2026-01-02 03:04:05.1"));
    }

    @Test
    void yearsBeforeChrist_areIsosNegativeOnes() {
        assertEquals("\"-0043-03-15\"", json(Temporals.DATE, "0044-03-15 BC"));
        assertEquals("\"0000-12-31\"", json(Temporals.DATE, "0001-12-31 BC"));
        assertEquals("\"-4712-01-01T00:00:00Z\"", json(Temporals.INSTANT, "4713-01-01 00:00:00+00 BC"));
        assertEquals("\"-0043-03-15T12:00:00.5\"", json(Temporals.TIMESTAMP, "0044-03-15 12:00:00.5 BC"));
    }

    @Test
    void yearsAbove9999_haveASign() {
        assertEquals("\"+12345-01-01\"", json(Temporals.DATE, "12345-01-01"));
        assertEquals("\"+294276-12-31T23:59:59.999999Z\"", json(Temporals.INSTANT, "294276-12-31 23:59:59.999999+00"));
    }

    @Test
    void infinity_isAString() {
        assertEquals("\"infinity\"", json(Temporals.INSTANT, "infinity"));
        assertEquals("\"-infinity\"", json(Temporals.DATE, "-infinity"));
    }

    @Test
    void anotherZone_isRefused() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> json(Temporals.INSTANT, "2026-01-02 03:04:05+05:30"));
        assertTrue(e.getMessage().contains("TimeZone"), e.getMessage());
    }
}
