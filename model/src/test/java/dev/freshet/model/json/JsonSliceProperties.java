package dev.freshet.model.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What {@link JsonReader#nextSlice} and {@link JsonReader#nextRawSlice} tell, against what the other methods read. */
class JsonSliceProperties {
    @Provide
    Arbitrary<String> spaces() {
        return Arbitraries.strings().withChars(" \n\r\t").ofMaxLength(3);
    }

    /** Values as text, with white space inside wherever it may stand. */
    @Provide
    Arbitrary<String> values() {
        Arbitrary<String> scalars = Arbitraries.oneOf(
                Arbitraries.of("null", "true", "false", "0", "-0.5e+7", "\"\"", "\"\\u00e9\\\\\\\"]}\"", "\"{[,:\""),
                Arbitraries.bigDecimals().map(BigDecimal::toString),
                Arbitraries.strings().map(JsonSliceProperties::string));
        return Arbitraries.recursive(() -> scalars, this::nested, 0, 3);
    }

    /** The value alone, in arrays or in an object. */
    private Arbitrary<String> nested(Arbitrary<String> values) {
        Arbitrary<String> names = Arbitraries.strings().map(JsonSliceProperties::string);
        return Combinators.combine(
                        values, names, spaces(), Arbitraries.integers().between(0, 3))
                .as((value, name, space, form) -> switch (form) {
                    case 0 -> value;
                    case 1 -> "[" + space + value + space + "," + space + "[]" + space + "]";
                    case 2 -> "[" + value + ",{" + space + "}," + value + "]";
                    default ->
                        "{" + space + name + space + ":" + space + value + space + "," + name + ":" + value + "}";
                });
    }

    private static String string(String text) {
        return text(new JsonWriter().string(sound(text)).toBytes());
    }

    /** Without halves of surrogate pairs, which UTF-8 has not. */
    private static String sound(String text) {
        return text(bytes(text));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String slice(JsonReader reader, byte[] json) {
        return new String(json, reader.sliceFrom(), reader.sliceTo() - reader.sliceFrom(), StandardCharsets.UTF_8);
    }

    @Property
    void sliceOfAString_isItsText_orTheStringIsLeftToBeRead(@ForAll String any, @ForAll("spaces") String space) {
        String text = sound(any);
        byte[] json = bytes(space + string(text) + space);
        JsonReader reader = new JsonReader(json);
        boolean escaped = text(json).contains("\\");
        assertEquals(!escaped, reader.nextSlice());
        assertEquals(text, escaped ? reader.nextString() : slice(reader, json));
        reader.end();
    }

    @Property
    void sliceOfANumber_isItsDigits(@ForAll BigDecimal number, @ForAll("spaces") String space) {
        byte[] json = bytes(space + number + space + ",");
        JsonReader reader = new JsonReader(json);
        assertTrue(reader.nextSlice());
        assertEquals(number.toString(), slice(reader, json));
        assertEquals(space + ",", text(json).substring(reader.sliceTo()));
    }

    @Property
    void sliceOfAnyValue_isWhatStringOrNumberRead_orNothingHappens(@ForAll("values") String value) {
        byte[] json = bytes(value);
        JsonReader reader = new JsonReader(json);
        JsonReader other = new JsonReader(json);
        JsonReader.Kind kind = other.peek();
        if (reader.nextSlice()) {
            assertTrue(kind == JsonReader.Kind.STRING || kind == JsonReader.Kind.NUMBER);
            assertEquals(kind == JsonReader.Kind.STRING ? other.nextString() : other.nextNumber(), slice(reader, json));
            reader.end();
        } else {
            assertTrue(kind != JsonReader.Kind.NUMBER && (kind != JsonReader.Kind.STRING || value.contains("\\")));
            assertEquals(value, reader.nextRaw());
        }
    }

    @Property
    void rawSlicesOfAnArray_areAllThatStandsBetweenItsCommas(
            @ForAll("slots") List<String> slots, @ForAll("spaces") String space) {
        byte[] json = bytes(space + "[" + String.join(",", slots) + "]" + space);
        JsonReader reader = new JsonReader(json);
        reader.beginArray();
        for (int i = 0; i < slots.size(); i++) {
            assertTrue(reader.hasNext());
            reader.nextRawSlice();
            // to see whether there is a first one, the white space before it is read
            assertEquals(i == 0 ? slots.get(i).stripLeading() : slots.get(i), slice(reader, json));
        }
        assertFalse(reader.hasNext());
        reader.end();
    }

    @Provide
    Arbitrary<List<String>> slots() {
        return Combinators.combine(spaces(), values(), spaces())
                .as((before, value, after) -> before + value + after)
                .list()
                .ofMaxSize(4);
    }

    @Property
    void rawSliceOfAMember_isAllBetweenColonAndComma(
            @ForAll("values") String value, @ForAll("spaces") String space, @ForAll boolean known) {
        byte[] json = bytes("{\"a\":" + space + value + space + ",\"b\":1}");
        JsonReader reader = new JsonReader(json);
        reader.beginObject();
        assertTrue(reader.hasNext());
        if (known) {
            assertTrue(reader.nextNameIs(JsonWriter.encodeName("a")));
        } else {
            assertEquals("a", reader.nextName());
        }
        reader.nextRawSlice();
        assertEquals(space + value + space, slice(reader, json));
        assertTrue(reader.hasNext());
        assertEquals("b", reader.nextName());
    }

    @Property
    void anyBytes_areSlicedOrRefused_withoutAnyOtherFailure(@ForAll byte[] bytes) {
        try {
            JsonReader reader = new JsonReader(bytes);
            if (!reader.nextSlice()) {
                reader.nextRawSlice();
            }
            assertTrue(reader.sliceFrom() >= 0 && reader.sliceTo() <= bytes.length);
        } catch (JsonException expected) {
            assertTrue(String.valueOf(expected.getMessage()).contains("at byte"));
        }
    }

    @Example
    void unsoundText_isRefused_andNotSliced() {
        for (String wrong :
                new String[] {"01", "1.", "-", "1e", "\"a", "\"a\\", "\"a\u0001\"", "[1", "{\"a\"1}", "nul", ""}) {
            assertThrows(
                    JsonException.class,
                    () -> {
                        JsonReader reader = new JsonReader(bytes(wrong));
                        if (reader.nextSlice()) {
                            throw new AssertionError(wrong + " was sliced");
                        }
                        reader.nextTree();
                    },
                    wrong);
        }
    }

    @Example
    void sliceOfALaterText_speaksOfThatText() {
        JsonReader reader = new JsonReader(bytes("\"first\""));
        assertTrue(reader.nextSlice());
        byte[] second = bytes("\"2nd\"");
        assertTrue(reader.reset(second).nextSlice());
        assertEquals("2nd", slice(reader, second));
    }
}
