package dev.freshet.server.config;

import java.util.List;

/**
 * A mapping of the file with a fixed set of keys.
 *
 * @param path where it stands, with {@code <name>} for what the user names
 * @param doc what it describes
 * @param settings its keys, in the order of the reference document
 */
public record Section(String path, String doc, List<Setting<?>> settings) {
    /** Copies the list. */
    public Section {
        settings = List.copyOf(settings);
    }

    List<String> keys() {
        return settings.stream().<String>map(Setting::name).toList();
    }
}
