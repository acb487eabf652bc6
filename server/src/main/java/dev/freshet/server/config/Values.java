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
                    empty(node)
                            ? "is empty; write {} for all defaults, or some of: " + String.join(", ", section.keys())
                            : "must be a mapping with the keys: " + String.join(", ", section.keys()));
            return result;
        }
        if (node != null) {
            node.properties().forEach(e -> {
                if (section.keys().contains(e.getKey())) {
                    result.written.put(e.getKey(), e.getValue());
                } else {
                    place.at(e.getKey())
                            .mistake("unknown key" + hint(e.getKey(), section) + " (allowed here: "
                                    + String.join(", ", section.keys()) + ")");
                }
            });
        }
        section.settings().forEach(result::load);
        return result;
    }

    private static String hint(String key, Section section) {
        int colon = key.indexOf(':');
        if (colon > 0 && section.keys().contains(key.substring(0, colon))) {
            return "; a space is missing after '" + key.substring(0, colon + 1) + "'";
        }
        boolean limit = Sections.all().stream()
                .anyMatch(s ->
                        s.path().equals(section.path() + ".limits") && s.keys().contains(key));
        return limit ? "; it belongs into limits: { " + key + ": … }" : Suggestion.of(key, section.keys());
    }

    private static boolean empty(JsonNode node) {
        return node.isNull() || (node.isString() && node.asString().isEmpty());
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
        } else if (empty(node)) {
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

    /** Returns the values that there are, for those who read them later. */
    Limits limits() {
        return new Limits(values);
    }

    /** Returns the mappings inside by name; empty if they were left out, or after a mistake. */
    Set<Map.Entry<String, JsonNode>> entries(Setting<JsonNode> setting) {
        JsonNode node = find(setting);
        return node == null ? Set.of() : node.properties();
    }
}
