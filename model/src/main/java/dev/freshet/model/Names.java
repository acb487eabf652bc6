package dev.freshet.model;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The rules by which names are checked and derived, at one place, so that every module derives the same ones.
 *
 * <p>Topics: {@code <source>.<stream>}; ledger: {@code <source>.freshet-ledger}; slot and publication:
 * {@code freshet_<source>} with {@code -} as {@code _}; consumer group: {@code freshet.<replica>}.
 */
public final class Names {
    /** The end of every derived ledger topic's name; a stream cannot be called so. */
    public static final String LEDGER_SUFFIX = ".freshet-ledger";

    /** What stands for the outbox table where streams are named; a stream cannot be called so. */
    public static final String OUTBOX = "freshet-outbox";

    /** The stream of a source's events that could not be sent to their own; no other can be called so. */
    public static final String DEAD_LETTERS = "freshet-dead-letters";

    private static final Set<String> RESERVED = Set.of("freshet-ledger", OUTBOX, DEAD_LETTERS);

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,48}");

    private Names() {}

    /**
     * Checks the name of a source, stream or replica and returns it.
     *
     * @param kind what is named, for the message
     * @param name a lower-case letter, then up to 48 lower-case letters, digits, {@code _} or {@code -}
     * @throws IllegalArgumentException if the name breaks the rule or is reserved
     */
    public static String require(String kind, String name) {
        if (!NAME.matcher(name).matches() || RESERVED.contains(name)) {
            throw new IllegalArgumentException("The " + kind + " name '" + name
                    + "' is not allowed: use a lower-case letter, then up to 48 lower-case letters, digits, '_' or"
                    + " '-' (" + String.join(", ", new TreeSet<>(RESERVED)) + " are reserved)");
        }
        return name;
    }

    /** Returns the derived topic of a stream. */
    public static String topic(String source, String stream) {
        return source + '.' + stream;
    }

    /** Returns the derived ledger topic of a source. */
    public static String ledger(String source) {
        return source + LEDGER_SUFFIX;
    }

    /** Returns the derived topic of a source's events that could not be sent. */
    public static String deadLetters(String source) {
        return source + '.' + DEAD_LETTERS;
    }

    /** Returns the derived replication slot (and publication) of a source. */
    public static String slot(String source) {
        return "freshet_" + source.replace('-', '_');
    }

    /** Returns the derived consumer group of a replica. */
    public static String group(String replica) {
        return "freshet." + replica;
    }

    /**
     * Returns one of the transactional ids of a source's relay: a function of source and slot alone, so that every
     * instance that may write fences every other.
     *
     * @param slot the replication slot
     * @param turn which of the producers that take turns, from 0
     */
    public static String transactionalId(String source, String slot, int turn) {
        return "freshet." + source + '.' + slot + '.' + turn;
    }
}
