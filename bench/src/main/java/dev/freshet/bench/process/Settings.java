package dev.freshet.bench.process;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a contender is told: names and values, none with a line break. Immutable; it does not print its values, since a
 * password is among them.
 */
public final class Settings {
    private final Map<String, String> values;

    private Settings(Map<String, String> values) {
        this.values = values;
    }

    /** Creates settings of the values. */
    public static Settings of(Map<String, String> values) {
        values.forEach((name, value) -> {
            if (name.contains(" ") || value.contains("\n")) {
                throw new IllegalArgumentException(
                        "The setting '" + name + "' has a blank in its name or a line break");
            }
        });
        return new Settings(new LinkedHashMap<>(values));
    }

    /** Returns these settings with one more, or another value of it. */
    public Settings with(String name, String value) {
        Map<String, String> copy = new LinkedHashMap<>(values);
        copy.put(name, value);
        return of(copy);
    }

    /** Returns a value. */
    public String get(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("The setting '" + name + "' is missing; there are " + values.keySet());
        }
        return value;
    }

    /** Returns a whole number. */
    public long number(String name) {
        return Long.parseLong(get(name));
    }

    /** Returns a whole number; 0 if it is not set. */
    public long numberOrZero(String name) {
        return Long.parseLong(values.getOrDefault(name, "0"));
    }

    /** Returns a yes or no; no if it is not set. */
    public boolean flag(String name) {
        return Boolean.parseBoolean(values.getOrDefault(name, "false"));
    }

    /** Returns all of them. */
    public Map<String, String> values() {
        return new LinkedHashMap<>(values);
    }

    @Override
    public String toString() {
        return "Settings" + values.keySet();
    }
}
