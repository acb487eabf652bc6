package dev.freshet.capture.postgres.value;

import static dev.freshet.capture.postgres.value.Texts.json;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.model.json.JsonReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;

class ValueProperties {
    /** How the server prints: year of the era with four digits or more. */
    private static final DateTimeFormatter SERVER_DATE = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR_OF_ERA, 4, 9, SignStyle.NEVER)
            .appendPattern("-MM-dd")
            .toFormatter(Locale.ROOT);

    private static final DateTimeFormatter SERVER_TIME = new DateTimeFormatterBuilder()
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
            .toFormatter(Locale.ROOT);

    @Property
    void bytea_isReadBackByAnyBase64Decoder(@ForAll byte[] bytes) {
        String text = read(json(Scalars.BYTEA, "\\x" + HexFormat.of().formatHex(bytes)));
        assertArrayEquals(bytes, Base64.getDecoder().decode(text));
    }

    @Property
    void text_comesBack(@ForAll("serverTexts") String text) {
        assertEquals(text, read(json(Scalars.TEXT, text)));
    }

    @Property
    void dates_areReadBackByJavaTime(@ForAll @LongRange(min = -2451545 + 10957, max = 2145031948) long day) {
        LocalDate date = LocalDate.ofEpochDay(day);
        String text = SERVER_DATE.format(date) + (date.getYear() < 1 ? " BC" : "");
        assertEquals(date, LocalDate.parse(read(json(Temporals.DATE, text))));
    }

    @Property
    void timestamps_areReadBackByJavaTime(
            @ForAll @LongRange(min = -210866803200L, max = 9224318015999L) long second,
            @ForAll @IntRange(max = 999_999) int micros) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(second, micros * 1000, ZoneOffset.UTC);
        String digits = SERVER_DATE.format(time) + ' ' + SERVER_TIME.format(time);
        String era = time.getYear() < 1 ? " BC" : "";
        assertEquals(time, LocalDateTime.parse(read(json(Temporals.TIMESTAMP, digits + era))));
        // java.time's instants end at the year 999999999, with the same signs
        assertEquals(
                time.toInstant(ZoneOffset.UTC),
                java.time.Instant.parse(read(json(Temporals.INSTANT, digits + "+00" + era))));
    }

    @Property
    void numericKeys_areEqualWhereTheNumbersAre(@ForAll BigDecimal number, @ForAll @IntRange(max = 20) int zeros) {
        BigDecimal scaled = number.scale() < 0 ? number.setScale(0) : number;
        String key = json(Scalars.NUMBER_KEY, scaled.toPlainString());
        assertEquals(
                key,
                json(Scalars.NUMBER_KEY, scaled.setScale(scaled.scale() + zeros).toPlainString()));
        assertEquals(0, number.compareTo(new BigDecimal(key)));
    }

    @Property
    void textArrays_comeBack(@ForAll("arrays") List<@Nullable String> elements) {
        StringBuilder text = new StringBuilder("{");
        for (String element : elements) {
            text.append(text.length() > 1 ? "," : "")
                    .append(
                            element == null
                                    ? "NULL"
                                    : '"' + element.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
        }
        String json = json(
                new ArrayEncoder(Scalars.TEXT, (byte) ','), text.append('}').toString());
        assertEquals(elements, new JsonReader(json.getBytes(StandardCharsets.UTF_8)).nextTree());
    }

    @Provide
    Arbitrary<String> serverTexts() {
        // everything that a text can hold: no zero byte, no lone surrogate
        return Arbitraries.strings()
                .all()
                .excludeChars('\0')
                .filter(s -> s.equals(new String(s.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)));
    }

    @Provide
    Arbitrary<List<@Nullable String>> arrays() {
        return serverTexts().injectNull(0.2).list().ofMaxSize(8);
    }

    private static String read(String json) {
        JsonReader reader = new JsonReader(json.getBytes(StandardCharsets.UTF_8));
        String text = reader.nextString();
        reader.end();
        return text;
    }
}
