package dev.freshet.embedded;

/**
 * What the names of one test's topics, groups and transactional ids begin with, so that tests share a broker without
 * meeting. Unique in the shared Kafka.
 *
 * @param value the beginning, such as {@code t17-}
 */
public record TopicPrefix(String value) {

    /** Rejects what could not begin a topic's name. */
    public TopicPrefix {
        if (!value.matches("[a-zA-Z0-9._-]{1,100}")) {
            throw new IllegalArgumentException(
                    "prefix is \"" + value + "\"; allowed are 1 to 100 of a-z, A-Z, 0-9, '.', '_' and '-'");
        }
    }

    /** A name of this test's own. */
    public String name(String rest) {
        return value + rest;
    }

    @Override
    public String toString() {
        return value;
    }
}
