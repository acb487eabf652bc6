package dev.freshet.capture.postgres.value;

import static dev.freshet.capture.postgres.value.Texts.json;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ArrayEncoderTest {
    private static final ValueEncoder INTEGERS = new ArrayEncoder(Scalars.INTEGER, (byte) ',');
    private static final ValueEncoder TEXTS = new ArrayEncoder(Scalars.TEXT, (byte) ',');
    private static final ValueEncoder DOCUMENTS = new ArrayEncoder(Scalars.JSON, (byte) ',');

    @Test
    void dimensions_areNested() {
        assertEquals("[]", json(INTEGERS, "{}"));
        assertEquals("[1,-2]", json(INTEGERS, "{1,-2}"));
        assertEquals("[[1,2],[3,4]]", json(INTEGERS, "{{1,2},{3,4}}"));
    }

    @Test
    void sqlNull_isNullButTheQuotedWordIsNot() {
        assertEquals("[null,\"NULL\",\"null\"]", json(TEXTS, "{NULL,\"NULL\",\"null\"}"));
    }

    @Test
    void quotedElements_areUnescaped() {
        assertEquals(
                "[\"a,b\",\"\",\"{}\",\"q\\\"q\",\"b\\\\b\"]",
                json(TEXTS, "{\"a,b\",\"\",\"{}\",\"q\\\"q\",\"b\\\\b\"}"));
    }

    @Test
    void elements_followTheirOwnRule() {
        assertEquals("[true,false]", json(new ArrayEncoder(Scalars.BOOL, (byte) ','), "{t,f}"));
        assertEquals(
                "[\"2026-01-02T03:04:05Z\",\"infinity\"]",
                json(new ArrayEncoder(Temporals.INSTANT, (byte) ','), "{\"2026-01-02 03:04:05+00\",infinity}"));
        assertEquals("[\"3q2+7w==\"]", json(new ArrayEncoder(Scalars.BYTEA, (byte) ','), "{\"\\\\xdeadbeef\"}"));
    }

    @Test
    void anotherDelimiter_isHeeded() {
        assertEquals(
                "[\"(1,1),(0,0)\",\"(2,2),(0,0)\"]",
                json(new ArrayEncoder(Scalars.TEXT, (byte) ';'), "{(1,1),(0,0);(2,2),(0,0)}"));
    }

    @Test
    void otherLowerBounds_leaveTheText() {
        assertEquals("\"[0:1]={1,2}\"", json(INTEGERS, "[0:1]={1,2}"));
    }

    @Test
    void jsonElements_areEmbedded() {
        assertEquals("[{\"a\": [1, 2]},2,\"x\"]", json(DOCUMENTS, "{\"{\\\"a\\\": [1, 2]}\",2,\"\\\"x\\\"\"}"));
    }

    @Test
    void jsonElementsThatCouldBeMistaken_leaveTheText() {
        assertEquals("\"{1,NULL}\"", json(DOCUMENTS, "{1,NULL}"));
        assertEquals("\"{1,\\\"null\\\"}\"", json(DOCUMENTS, "{1,\"null\"}"));
        assertEquals("\"{\\\" null \\\"}\"", json(DOCUMENTS, "{\" null \"}"));
        // two dimensions of numbers look like one dimension of JSON arrays
        assertEquals("\"{{1,2},{3,4}}\"", json(DOCUMENTS, "{{1,2},{3,4}}"));
    }
}
