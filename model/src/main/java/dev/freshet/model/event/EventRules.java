package dev.freshet.model.event;

import org.jspecify.annotations.Nullable;

/**
 * What every event must obey before its record may leave, whoever has published it: what CloudEvents 1.0 asks of its attributes,
 * and that its own headers do not take the names of those that are written with it.
 */
public final class EventRules {
    private static final int LONGEST_TYPE = 255;
    private static final String CONTENT_TYPE = "content-type";

    private EventRules() {}

    /** Returns what is wrong with an event and how it should be, as a part of a sentence; null if nothing is. */
    public static @Nullable String fault(PublishedEvent event) {
        int type = event.type().length();
        if (type > LONGEST_TYPE || event.type().isBlank()) {
            return "its type has " + type + " characters" + (type == 0 || type > LONGEST_TYPE ? "" : ", all blank")
                    + "; give it 1 to " + LONGEST_TYPE;
        }
        if (event.contentType().isBlank()) {
            return "its content type is empty: give it a media type, such as application/json";
        }
        for (String name : event.headers().keySet()) {
            if (isTaken(name)) {
                return "its header '" + name + "' has a name that is taken: it must not be empty, '" + CONTENT_TYPE
                        + "', or begin with 'ce_' or 'freshet-'";
            }
        }
        return null;
    }

    /** Returns whether a header of this name is written with every event, so that none of its own may have it. */
    public static boolean isTaken(String name) {
        return name.isEmpty() || begins(name, "ce_") || begins(name, "freshet-") || name.equalsIgnoreCase(CONTENT_TYPE);
    }

    private static boolean begins(String name, String prefix) {
        return name.regionMatches(true, 0, prefix, 0, prefix.length());
    }
}
