package dev.freshet.server.config;

import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of one setting: everything that reading, messages and the reference document need to know of it.
 *
 * @param <T> the type of its value
 * @param name the key as it is written in the file
 * @param type how its value is read, and what is allowed
 * @param required whether leaving it out is a mistake
 * @param defaultValue the value if it is left out; null if that is derived from others, or means "none"
 * @param defaultText the default as the reference document tells it
 * @param doc what it is for and what choosing it costs, in sentences
 */
public record Setting<T>(
        String name,
        ValueType<T> type,
        boolean required,
        @Nullable T defaultValue,
        String defaultText,
        String doc) {
    static <T> Setting<T> required(String name, ValueType<T> type, String doc) {
        return new Setting<>(name, type, true, null, "required", doc);
    }

    static <T> Setting<T> withDefault(
            String name, ValueType<T> type, T defaultValue, Function<T, String> text, String doc) {
        return new Setting<>(name, type, false, defaultValue, "`" + text.apply(defaultValue) + "`", doc);
    }

    static Setting<Integer> integer(String name, int least, int most, int defaultValue, String doc) {
        return withDefault(name, ValueTypes.integer(least, most), defaultValue, String::valueOf, doc);
    }

    static Setting<Long> size(String name, long least, long most, long defaultValue, String doc) {
        return withDefault(name, ValueTypes.size(least, most), defaultValue, DataSize::format, doc);
    }

    static Setting<Duration> duration(String name, Duration least, Duration most, Duration defaultValue, String doc) {
        return withDefault(name, ValueTypes.duration(least, most), defaultValue, Durations::format, doc);
    }

    static <T> Setting<T> optional(String name, ValueType<T> type, String defaultText, String doc) {
        return new Setting<>(name, type, false, null, defaultText, doc);
    }
}
