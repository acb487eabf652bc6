package dev.freshet.faults;

import java.util.Locale;

/** A way of publishing events, with what the documents' table promises of it. */
public enum Way {
    /** Rows of the outbox table, which the relay reads in the log. */
    TABLE("outbox table", true, true),
    /** Messages in the log. */
    LOG("log messages", true, false),
    /** Rows of an outbox table that the relay polls. */
    POLLED("polled outbox table", true, true),
    /** Straight to Kafka, after the commit. */
    DIRECT("direct", false, true);

    private final String text;
    private final boolean once;
    private final boolean byId;

    Way(String text, boolean once, boolean byId) {
        this.text = text;
        this.once = once;
        this.byId = byId;
    }

    /** Returns its name in a sentence. */
    public String text() {
        return text;
    }

    /** Returns whether each committed event is in its topic, once; otherwise it is there at least once while the process lives. */
    public boolean isOnce() {
        return once;
    }

    /** Returns whether the same id published again is the same event. */
    boolean isById() {
        return byId;
    }

    /** Returns its name in JSON, and the first part of its events' keys. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the way of a key's events. */
    static Way ofKey(String key) {
        return valueOf(key.substring(0, key.indexOf('/')).toUpperCase(Locale.ROOT));
    }
}
