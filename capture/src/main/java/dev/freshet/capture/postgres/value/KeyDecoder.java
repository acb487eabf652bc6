package dev.freshet.capture.postgres.value;

import dev.freshet.model.json.JsonException;
import dev.freshet.model.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads keys as {@link RowEncoder#key} wrote them: for each column the text that the server takes as its value. What another
 * table wrote, or this one under another type, need not be readable.
 */
public final class KeyDecoder {
    private final List<String> names;
    private final List<KeyColumn> columns;

    /**
     * Creates a decoder.
     *
     * @param names the key's columns in its order
     * @param columns what they are, as many
     */
    public KeyDecoder(List<String> names, List<KeyColumn> columns) {
        this.names = List.copyOf(names);
        this.columns = List.copyOf(columns);
    }

    /** Returns the columns' texts; empty if it is no key of these columns. */
    public Optional<List<String>> decode(byte[] key) {
        try {
            JsonReader in = new JsonReader(key);
            List<String> texts = new ArrayList<>();
            in.beginObject();
            for (int i = 0; i < names.size(); i++) {
                if (!in.hasNext() || !in.nextName().equals(names.get(i))) {
                    return Optional.empty();
                }
                texts.add(text(in, columns.get(i)));
            }
            return in.hasNext() ? Optional.empty() : Optional.of(texts);
        } catch (JsonException | IllegalArgumentException e) {
            // another key, then
            return Optional.empty();
        }
    }

    private static String text(JsonReader in, KeyColumn column) {
        return switch (in.peek()) {
            case STRING -> scalar(in.nextString(), column.array() ? "" : column.type());
            case NUMBER -> in.nextNumber();
            case BOOLEAN -> in.nextBoolean() ? "t" : "f";
            case ARRAY -> {
                StringBuilder literal = new StringBuilder();
                array(in, column, literal);
                yield literal.toString();
            }
            case OBJECT, NULL -> throw new IllegalArgumentException("no key has such a value");
        };
    }

    private static void array(JsonReader in, KeyColumn column, StringBuilder out) {
        in.beginArray();
        out.append('{');
        for (boolean first = true; in.hasNext(); first = false) {
            if (!first) {
                out.append(column.delimiter());
            }
            switch (in.peek()) {
                case ARRAY -> array(in, column, out);
                case NULL -> {
                    in.nextNull();
                    out.append("NULL");
                }
                case STRING ->
                    out.append('"')
                            .append(scalar(in.nextString(), column.type())
                                    .replace("\\", "\\\\")
                                    .replace("\"", "\\\""))
                            .append('"');
                case BOOLEAN -> out.append(in.nextBoolean() ? 't' : 'f');
                case NUMBER -> out.append(in.nextNumber());
                case OBJECT -> throw new IllegalArgumentException("no key has such a value");
            }
        }
        out.append('}');
    }

    private static String scalar(String text, String type) {
        return switch (type) {
            case "bytea" ->
                "\\x" + HexFormat.of().formatHex(Base64.getDecoder().decode(text.getBytes(StandardCharsets.US_ASCII)));
            case "date", "timestamp", "timestamptz" -> temporal(text);
            default -> text;
        };
    }

    /** ISO 8601 has a sign before a year that has not four digits, and counts 1 BC as 0; the server does neither. */
    private static String temporal(String text) {
        String plain = text.replace('T', ' ').replace("Z", "+00");
        int yearEnd = plain.indexOf('-', 1);
        if (yearEnd < 0 || plain.contains("infinity")) {
            return text;
        }
        int year = Integer.parseInt(plain.substring(0, yearEnd));
        String rest = plain.substring(yearEnd);
        return year > 0
                ? String.format(Locale.ROOT, "%04d%s", year, rest)
                : String.format(Locale.ROOT, "%04d%s BC", 1 - year, rest);
    }

    /**
     * A key's column.
     *
     * @param sqlType its type for a cast: below any domain, but for an array of domains, which equals no array of what is under
     *     them
     * @param operatorSchema the schema of the type's equality
     * @param cast whether the column is cast too, since its equality does not look below its domain, as that of enums
     * @param type the name of the type, or of an array's elements, if it is one of the server's own; else empty
     * @param array whether it is an array
     * @param delimiter what stands between an array's elements
     */
    public record KeyColumn(
            String sqlType, String operatorSchema, boolean cast, String type, boolean array, char delimiter) {}
}
