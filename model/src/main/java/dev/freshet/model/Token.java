package dev.freshet.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a writer holds after its commit, to be awaited on a copy: the position of the source's log at that moment.
 *
 * <p>Taken <em>after</em> the commit; inside the transaction it is too early and waits for nothing. Its text form has
 * only letters, digits and points, so that it can travel in a URL or a cookie.
 *
 * @param system the source's system identifier, digits
 * @param timeline the source's timeline when the token was taken, from 1
 * @param lsn the normalised insert position (see {@link Lsn#normalise}), in bytes
 */
public record Token(String system, long timeline, long lsn) {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,20})\\.([0-9a-f]{1,8})\\.([0-9a-f]{1,16})");

    /** Rejects a system that is no number, and what is negative. */
    public Token {
        if (system.isEmpty() || !system.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("Token system must be digits, but is '" + system + "'");
        }
        if (timeline < 1 || lsn < 0) {
            throw new IllegalArgumentException(
                    "Token needs a timeline of 1 or more and an LSN of 0 or more, but has " + timeline + " and " + lsn);
        }
    }

    /**
     * Reads the text form.
     *
     * @param text as {@link #toString()} gives it
     * @throws IllegalArgumentException if the text is not a token; the message holds the text
     */
    public static Token parse(String text) {
        Matcher m = TEXT.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException("Not a token (expected system.timeline.lsn): '" + text + "'");
        }
        return new Token(m.group(1), Long.parseLong(m.group(2), 16), Long.parseUnsignedLong(m.group(3), 16));
    }

    /** Returns the text form {@code system.timeline.lsn}, the last two in hexadecimal. */
    @Override
    public String toString() {
        return system + '.' + Long.toHexString(timeline) + '.' + Long.toHexString(lsn);
    }
}
