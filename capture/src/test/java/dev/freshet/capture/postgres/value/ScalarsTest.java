package dev.freshet.capture.postgres.value;

import static dev.freshet.capture.postgres.value.Texts.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ScalarsTest {
    @Test
    void numbers_keepTheirDigits() {
        assertEquals("1.00", json(Scalars.NUMBER, "1.00"));
        assertEquals("-0", json(Scalars.NUMBER, "-0"));
        assertEquals("1e+20", json(Scalars.NUMBER, "1e+20"));
        assertEquals("-9223372036854775808", json(Scalars.INTEGER, "-9223372036854775808"));
    }

    @Test
    void whatIsNoNumber_isAString() {
        assertEquals("\"NaN\"", json(Scalars.NUMBER, "NaN"));
        assertEquals("\"-Infinity\"", json(Scalars.NUMBER, "-Infinity"));
        assertEquals("\"Infinity\"", json(Scalars.NUMBER_KEY, "Infinity"));
    }

    @Test
    void numericKeys_loseTheZerosAtTheFractionsEnd() {
        assertEquals("1", json(Scalars.NUMBER_KEY, "1.00"));
        assertEquals("1.5", json(Scalars.NUMBER_KEY, "1.50"));
        assertEquals("100", json(Scalars.NUMBER_KEY, "100"));
        assertEquals("0", json(Scalars.NUMBER_KEY, "0.000"));
        assertEquals("-10.01", json(Scalars.NUMBER_KEY, "-10.0100"));
    }

    @Test
    void booleans_areJsons() {
        assertEquals("true", json(Scalars.BOOL, "t"));
        assertEquals("false", json(Scalars.BOOL, "f"));
    }

    @Test
    void bytea_isPaddedBase64() {
        assertEquals("\"\"", json(Scalars.BYTEA, "\\x"));
        assertEquals("\"3q2+7w==\"", json(Scalars.BYTEA, "\\xdeadbeef"));
    }

    @Test
    void byteaInEscapeForm_isRefusedWithoutShowingIt() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> json(Scalars.BYTEA, "secret\\000"));
        assertTrue(e.getMessage().contains("bytea_output"), e.getMessage());
        assertFalse(e.getMessage().contains("secret"), e.getMessage());
    }

    @Test
    void text_isEscaped() {
        assertEquals("\"a\\\"b\\\\c\\nd\\u0001é😀\"", json(Scalars.TEXT, "a\"b\\c\nd\u0001é😀"));
    }

    @Test
    void json_staysAsItIs() {
        assertEquals(" {\"a\" : 1.00}\n", json(Scalars.JSON, " {\"a\" : 1.00}\n"));
        assertTrue(Scalars.JSON.omitsNull());
    }
}
