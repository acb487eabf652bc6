package dev.freshet.model;

/**
 * The names of the headers of a dead letter: a record that could not go where it belongs, kept in a topic of its own with the key,
 * value and headers that it would have had there, or had.
 */
public final class DeadLetterHeaders {
    /** What is at fault, in a word, such as {@code too-large} or {@code refused}. */
    public static final String ERROR = "freshet-dead-letter-error";

    /** What is at fault, in a sentence without data. */
    public static final String REASON = "freshet-dead-letter-reason";

    /** When it was found, as an ISO-8601 instant. */
    public static final String TIME = "freshet-dead-letter-time";

    /** The stream that it was published to, where that is known. */
    public static final String STREAM = "freshet-dead-letter-stream";

    /** The topic in which it stands, or should. */
    public static final String TOPIC = "freshet-dead-letter-topic";

    /** The partition in which it stands, in decimal; only of a record that is in a topic. */
    public static final String PARTITION = "freshet-dead-letter-partition";

    /** Its offset, in decimal; with topic and partition it tells letters of the same record. */
    public static final String OFFSET = "freshet-dead-letter-offset";

    /** The replica that could not take it. */
    public static final String REPLICA = "freshet-dead-letter-replica";

    /** The consumer group of who could not take it. */
    public static final String GROUP = "freshet-dead-letter-group";

    /** The database's SQLSTATE; only where it refused the record. */
    public static final String SQLSTATE = "freshet-dead-letter-sqlstate";

    /** How often it was tried, in decimal; only where it was tried more than once. */
    public static final String ATTEMPTS = "freshet-dead-letter-attempts";

    /** Of a letter that takes the place of another: that one's place, {@code partition-offset} in the dead-letter topic. */
    public static final String REPLACES = "freshet-dead-letter-replaces";

    /**
     * Of a record that is no letter, but tells that one is dealt with: that one's place, {@code partition-offset} in the
     * dead-letter topic.
     */
    public static final String RESOLVES = "freshet-dead-letter-resolves";

    /** Of such a record: {@code redriven}, {@code discarded} or {@code replaced}. */
    public static final String RESOLUTION = "freshet-dead-letter-resolution";

    /** The value of {@link #ERROR} of a letter whose only fault is that an earlier one of its key is not dealt with. */
    public static final String BEHIND = "behind";

    /**
     * The value of {@link #ERROR} of a letter that was changed by hand and has not been sent since; its {@link #REASON} tells what
     * was at fault before.
     */
    public static final String EDITED = "edited";

    private DeadLetterHeaders() {}
}
