package dev.freshet.server.config;

import java.util.HashMap;
import java.util.Map;

/** Who has which name: two parts of a file must not have the same topic, slot, table. */
final class Claims {
    private final Map<String, String> owners = new HashMap<>();

    /** Notes a mistake at the place if another part has the value already. */
    void claim(String what, String value, String owner, Place place) {
        String other = owners.putIfAbsent(what + '\n' + value, owner);
        if (other != null) {
            place.mistake(
                    "the " + what + " '" + value + "' is already that of " + other + "; each needs one of its own");
        }
    }
}
