package dev.freshet.relay;

import java.util.Locale;

/** Which headers a stream's records carry beside their payload. Freshet's own readers need those of {@link #MINIMAL} only. */
public enum HeaderSet {
    /** Freshet's own, and what makes a record a CloudEvent in binary mode, with its payload's media type. */
    CLOUDEVENTS,
    /**
     * Freshet's own alone: position, op and schema, and the one for values read back. A third of the headers, for rows that are
     * not much larger than they; the time of the commit is in none.
     */
    MINIMAL;

    /** Returns the word in a configuration. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
