package dev.freshet.model.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class JsonProperties {
    @Property
    void string_readBack_isTheSame(@ForAll String text) {
        String sound = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        byte[] json = new JsonWriter().string(sound).toBytes();
        assertEquals(sound, new JsonReader(json).nextString());
    }

    @Property
    void object_readBack_isTheSame(@ForAll Map<String, Long> map) {
        JsonWriter w = new JsonWriter().beginObject();
        Map<String, Object> sound = new java.util.LinkedHashMap<>();
        map.forEach((k, v) -> {
            String name = new String(k.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
            if (sound.put(name, v) == null) {
                w.name(name).number(v);
            }
        });
        Map<String, Object> once = new java.util.LinkedHashMap<>();
        JsonReader reader = new JsonReader(w.endObject().toBytes());
        reader.beginObject();
        while (reader.hasNext()) {
            once.putIfAbsent(reader.nextName(), Long.valueOf(reader.nextNumber()));
        }
        reader.end();
        assertEquals(sound.keySet(), once.keySet());
    }

    @Property
    void skipValue_passesOverExactlyOneValue(@ForAll List<String> texts, @ForAll long number) {
        JsonWriter w = new JsonWriter().beginArray().beginArray();
        texts.forEach(w::string);
        w.beginObject().name("a").nullValue().name("b").bool(true).endObject();
        byte[] json = w.endArray().number(number).endArray().toBytes();
        JsonReader reader = new JsonReader(json);
        reader.beginArray();
        assertTrue(reader.hasNext());
        reader.skipValue();
        assertTrue(reader.hasNext());
        assertEquals(Long.toString(number), reader.nextNumber());
        assertFalse(reader.hasNext());
        reader.end();
    }

    @Property
    void anyBytes_areReadOrRefused_withoutAnyOtherFailure(@ForAll byte[] bytes) {
        try {
            JsonReader reader = new JsonReader(bytes);
            reader.nextTree();
            reader.end();
        } catch (JsonException expected) {
            assertTrue(String.valueOf(expected.getMessage()).contains("at byte"));
        }
    }

    @Example
    void number_keepsItsDigits() {
        for (String digits : new String[] {"0", "-0", "1.00", "1e+20", "123456789012345678901234567890.10"}) {
            assertEquals(digits, new JsonReader(digits.getBytes(StandardCharsets.UTF_8)).nextNumber());
        }
        for (String wrong : new String[] {"01", "1.", ".5", "-", "1e", "+1"}) {
            assertThrows(
                    JsonException.class,
                    () -> new JsonReader(wrong.getBytes(StandardCharsets.UTF_8)).nextNumber(),
                    wrong);
        }
    }

    @Example
    void missingOrNeedlessComma_isRefused() {
        for (String wrong :
                new String[] {"[1 2]", "[,1]", "[1,,2]", "[1,]", "{,}", "{\"a\":1 \"b\":2}", "{\"a\":1,}"}) {
            assertThrows(
                    JsonException.class,
                    () -> new JsonReader(wrong.getBytes(StandardCharsets.UTF_8)).nextTree(),
                    wrong);
        }
    }

    @Example
    void nesting_isLimited() {
        byte[] deep = "[".repeat(JsonReader.MAX_DEPTH + 2).getBytes(StandardCharsets.UTF_8);
        assertThrows(JsonException.class, () -> new JsonReader(deep).nextTree());
    }

    @Example
    void nextNameIs_matchesOnlyTheWholeName() {
        byte[] json = "{\"ab\":1}".getBytes(StandardCharsets.UTF_8);
        JsonReader reader = new JsonReader(json);
        reader.beginObject();
        assertTrue(reader.hasNext());
        assertFalse(reader.nextNameIs(JsonWriter.encodeName("a")));
        assertTrue(reader.nextNameIs(JsonWriter.encodeName("ab")));
        assertEquals("1", reader.nextNumber());
    }
}
