package dev.freshet.server.config;

import dev.freshet.model.JdbcUrl;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The types of values that settings have. */
final class ValueTypes {
    private static final int SHOWN = 80;
    private static final String DELETE = "delete";
    private static final String FOREVER = "forever";

    private ValueTypes() {}

    /** Returns the value as it is shown in a message: as written in the file, cut, variables not put in. */
    static String shown(JsonNode node) {
        String text = node.asString();
        return "'" + (text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text) + "'";
    }

    /**
     * A single value.
     *
     * @param allowed what is allowed
     * @param numbersToo whether numbers and truth values need no quotes
     * @param secret whether the value is never shown
     * @param parser gives the value, or null if it is not allowed
     * @param hint gives what may have been meant, or an empty text
     */
    private record Scalar<T>(
            String allowed,
            boolean numbersToo,
            boolean secret,
            Function<String, @Nullable T> parser,
            UnaryOperator<String> hint)
            implements ValueType<T> {
        @Override
        public @Nullable T read(JsonNode node, Place at) {
            if (node.isNull() || (node.isString() && node.asString().isEmpty())) {
                at.mistake("has no value; it must be " + allowed);
                return null;
            }
            String shown = secret ? "the value" : shown(node);
            if (!numbersToo && node.isValueNode() && !node.isString()) {
                at.mistake(shown + " is not text; put it in quotes");
                return null;
            }
            String text = at.text(node, allowed);
            if (text == null) {
                return null;
            }
            if (text.isEmpty()) {
                at.mistake("is empty once its environment variables are put in; set them, or leave the key out");
                return null;
            }
            T value = parser.apply(text);
            if (value == null) {
                at.mistake(shown + " is not allowed; allowed: " + allowed + hint.apply(text));
            }
            return value;
        }
    }

    private static <T> ValueType<T> scalar(String allowed, boolean numbersToo, Function<String, @Nullable T> parser) {
        return new Scalar<>(allowed, numbersToo, false, parser, text -> "");
    }

    /** Text that matches a pattern as a whole. */
    static ValueType<String> text(String allowed, String regex) {
        Pattern pattern = Pattern.compile(regex);
        return scalar(allowed, false, t -> pattern.matcher(t).matches() ? t : null);
    }

    /** One of a few words. */
    static <E extends Enum<E>> ValueType<E> oneOf(Class<E> type, Function<E, String> word) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E e : type.getEnumConstants()) {
            words.put(word.apply(e), e);
        }
        return new Scalar<>(
                String.join(", ", words.keySet()),
                false,
                false,
                words::get,
                text -> Suggestion.of(text, words.keySet()));
    }

    /** A secret; nothing of it is ever shown. */
    static ValueType<Secret> secret() {
        return new Scalar<>("text; best as an environment variable, ${NAME}", false, true, Secret::new, text -> "");
    }

    /** A whole number. */
    static ValueType<Integer> integer(int min, int max) {
        String allowed = "a whole number "
                + (max == Integer.MAX_VALUE ? "of " + min + " or more" : "from " + min + " to " + max);
        return scalar(allowed, true, t -> {
            if (!t.matches("-?[0-9]{1,10}")) {
                return null;
            }
            long n = Long.parseLong(t);
            return n < min || n > max ? null : Integer.valueOf((int) n);
        });
    }

    /** A truth value. */
    static ValueType<Boolean> bool() {
        return scalar("true, false", true, t -> switch (t) {
            case "true" -> Boolean.TRUE;
            case "false" -> Boolean.FALSE;
            default -> null;
        });
    }

    /** A duration such as {@code 10s}. */
    static ValueType<Duration> duration(Duration min, Duration max) {
        String allowed = "a duration (ms, s, m, h, d) from " + Durations.format(min) + " to " + Durations.format(max);
        return scalar(allowed, true, t -> {
            Duration d = Durations.parse(t);
            return d == null || d.compareTo(min) < 0 || d.compareTo(max) > 0 ? null : d;
        });
    }

    /** How long something is kept: no longer than needed, for a duration, or (an empty value) for ever. */
    static ValueType<Optional<Duration>> retention(Duration max) {
        return scalar("delete, forever, or a duration (ms, s, m, h, d) up to " + Durations.format(max), true, t -> {
            if (t.equals(FOREVER)) {
                return Optional.empty();
            }
            Duration d = t.equals(DELETE) ? Duration.ZERO : Durations.parse(t);
            return d == null || d.compareTo(max) > 0 ? null : Optional.of(d);
        });
    }

    /** A size such as {@code 64MB}. */
    static ValueType<Long> size(long min, long max) {
        String allowed = "a size (kB, MB, GB, TB) from " + DataSize.format(min) + " to " + DataSize.format(max);
        return scalar(allowed, true, t -> {
            long bytes = DataSize.parse(t);
            return bytes < min || bytes > max ? null : Long.valueOf(bytes);
        });
    }

    /** A JDBC URL of PostgreSQL. Its value is not shown, since it can carry a password. */
    static ValueType<JdbcUrl> postgresUrl() {
        return new Scalar<>(
                JdbcUrl.ALLOWED,
                false,
                true,
                text -> JdbcUrl.mistake(text) == null ? new JdbcUrl(text) : null,
                text -> "; " + JdbcUrl.mistake(text));
    }

    /** A JDBC URL of a database that can be polled, or of PostgreSQL. Its value is not shown, since it can carry a password. */
    static ValueType<JdbcUrl> databaseUrl() {
        return new Scalar<>(
                JdbcUrl.ANY_ALLOWED,
                false,
                true,
                text -> JdbcUrl.mistakeOfAny(text) == null ? new JdbcUrl(text) : null,
                text -> "; " + JdbcUrl.mistakeOfAny(text));
    }

    /** A list of texts without doubles. */
    static ValueType<List<String>> list(ValueType<String> element) {
        return new ValueType<>() {
            @Override
            public String allowed() {
                return "a list of: " + element.allowed();
            }

            @Override
            public @Nullable List<String> read(JsonNode node, Place at) {
                if (!node.isArray()) {
                    at.mistake(notA("list, such as [a, b]", node));
                    return null;
                }
                Set<String> values = new LinkedHashSet<>();
                for (int i = 0; i < node.size(); i++) {
                    String value = element.read(node.get(i), at.at(i));
                    if (value != null && !values.add(value)) {
                        at.at(i).mistake("'" + value + "' stands here twice");
                    }
                }
                return List.copyOf(values);
            }
        };
    }

    /** A mapping of free keys to texts, numbers and truth values. */
    static ValueType<Map<String, String>> properties() {
        return new ValueType<>() {
            @Override
            public String allowed() {
                return "a mapping of names to values";
            }

            @Override
            public boolean secret() {
                return true;
            }

            @Override
            public @Nullable Map<String, String> read(JsonNode node, Place at) {
                if (!node.isObject()) {
                    at.mistake("must be " + allowed() + ", such as { linger.ms: 5 }");
                    return null;
                }
                Map<String, String> values = new LinkedHashMap<>();
                node.properties().forEach(e -> {
                    String value = at.at(e.getKey()).text(e.getValue(), "text, a number or a truth value");
                    if (value != null) {
                        values.put(e.getKey(), value);
                    }
                });
                return Collections.unmodifiableMap(values);
            }
        };
    }

    /** Columns as a list, or as a mapping from the name there to the name here; the values are distinct. */
    static ValueType<Map<String, String>> renames(ValueType<String> element) {
        return new ValueType<>() {
            @Override
            public String allowed() {
                return "a list of columns, or a mapping of the stream's columns to the table's";
            }

            @Override
            public @Nullable Map<String, String> read(JsonNode node, Place at) {
                Map<String, String> result = new LinkedHashMap<>();
                if (node.isArray()) {
                    List<String> names = list(element).read(node, at);
                    for (String name : names == null ? List.<String>of() : names) {
                        result.put(name, name);
                    }
                    return Collections.unmodifiableMap(result);
                }
                if (!node.isObject()) {
                    at.mistake(notA("list such as [a, b] or a mapping such as { a: b }", node));
                    return null;
                }
                Map<String, String> owners = new LinkedHashMap<>();
                node.properties().forEach(e -> {
                    String value = element.read(e.getValue(), at.at(e.getKey()));
                    if (value != null) {
                        String other = owners.putIfAbsent(value, e.getKey());
                        if (other != null) {
                            at.at(e.getKey())
                                    .mistake("'" + value + "' is already the column for '" + other
                                            + "'; give each column a name of its own");
                        }
                        result.put(e.getKey(), value);
                    }
                });
                return Collections.unmodifiableMap(new LinkedHashMap<>(result));
            }
        };
    }

    /** Mappings inside; they are read by their own {@link Section}. */
    static ValueType<JsonNode> sections(String what) {
        return new ValueType<>() {
            @Override
            public String allowed() {
                return what;
            }

            @Override
            public @Nullable JsonNode read(JsonNode node, Place at) {
                if (!node.isObject()) {
                    at.mistake(notA("mapping: " + what, node));
                    return null;
                }
                return node;
            }
        };
    }

    private static String notA(String what, JsonNode node) {
        return "must be a " + what + ", but is "
                + (node.isArray() ? "a list" : node.isObject() ? "a mapping" : "a single value");
    }
}
