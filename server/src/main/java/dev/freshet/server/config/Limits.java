package dev.freshet.server.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of a section of limits, which the settings themselves name. Immutable. */
public final class Limits {
    private final Map<String, Object> values;

    Limits(Map<String, Object> values) {
        this.values = Map.copyOf(values);
    }

    /**
     * Returns a setting's value or default.
     *
     * @throws IllegalArgumentException if it has neither, or belongs to another section
     */
    public <T> T get(Setting<T> setting) {
        T value = find(setting);
        if (value == null) {
            throw new IllegalArgumentException("There is no value of '" + setting.name() + "' here");
        }
        return value;
    }

    /** Returns a setting's value or default; null if there is none. */
    @SuppressWarnings("unchecked") // read for the same setting
    public <T> @Nullable T find(Setting<T> setting) {
        return (T) values.get(setting.name());
    }
}
