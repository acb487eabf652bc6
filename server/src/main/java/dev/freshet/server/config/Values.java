package dev.freshet.server.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The values of one section, all read at once; every mistake in it has gone to its place's list. */
final class Values {
    private final Place place;
    private final Map<String, Object> values = new HashMap<>();
    private final Map<String, JsonNode> written = new HashMap<>();

    private Values(Place place) {
        this.place = place;
    }

    /** Reads a section; a null node stands for one that was left out. */
    static Values read(Section section, @Nullable JsonNode node, Place place) {
        Values result = new Values(place);
        if (node != null && !node.isObject()) {
            place.mistake(
                    node.isNull()
                            ? "is empty; allowed here: " + String.join(", ", section.keys())
                            : "must be a mapping with the keys: " + String.join(", ", section.keys()));
            return result;
        }
        if (node != null) {
            node.properties().forEach(e -> {
                if (section.keys().contains(e.getKey())) {
                    result.written.put(e.getKey(), e.getValue());
                } else {
                    place.at(e.getKey())
                            .mistake("unknown key" + Suggestion.of(e.getKey(), section.keys()) + " (allowed here: "
                                    + String.join(", ", section.keys()) + ")");
                }
            });
        }
        section.settings().forEach(result::load);
        return result;
    }

    private <T> void load(Setting<T> setting) {
        JsonNode node = written.get(setting.name());
        Place at = place.at(setting.name());
        T value = null;
        if (node == null) {
            value = setting.defaultValue();
            if (setting.required()) {
                at.mistake("is missing; it must be " + setting.type().allowed());
            }
        } else if (node.isNull() || (node.isString() && node.asString().isEmpty())) {
            at.mistake("has no value; write one, or leave the key out");
        } else {
            value = setting.type().read(node, at);
        }
        if (value != null) {
            values.put(setting.name(), value);
        }
    }

    Place place() {
        return place;
    }

    Place at(Setting<?> setting) {
        return place.at(setting.name());
    }

    /** Returns whether the user wrote the setting, right or wrong. */
    boolean wrote(Setting<?> setting) {
        return written.containsKey(setting.name());
    }

    /** Returns the value or the default; null if there is none, or after a mistake. */
    @SuppressWarnings("unchecked") // put in by load() for the same setting
    <T> @Nullable T find(Setting<T> setting) {
        return (T) values.get(setting.name());
    }

    <T> T find(Setting<T> setting, T otherwise) {
        T value = find(setting);
        return value == null ? otherwise : value;
    }

    /** Returns the value; only for settings that are required or have a default, and after no mistake was found. */
    <T> T get(Setting<T> setting) {
        return Objects.requireNonNull(
                find(setting), () -> place.at(setting.name()).path());
    }

    /** Returns the mappings inside by name; empty if they were left out, or after a mistake. */
    Set<Map.Entry<String, JsonNode>> entries(Setting<JsonNode> setting) {
        JsonNode node = find(setting);
        return node == null ? Set.of() : node.properties();
    }
}
