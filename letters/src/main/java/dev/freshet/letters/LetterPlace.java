package dev.freshet.letters;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a letter stands in its topic. Its text is {@code partition-offset}.
 *
 * @param partition the partition, from 0
 * @param offset the offset, from 0
 */
public record LetterPlace(int partition, long offset) implements Comparable<LetterPlace> {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})-(\\d{1,18})");
    private static final Comparator<LetterPlace> ORDER =
            Comparator.comparingInt(LetterPlace::partition).thenComparingLong(LetterPlace::offset);

    /** Returns whether a text has the form of a place. */
    public static boolean isPlace(String text) {
        return TEXT.matcher(text).matches();
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if it is none; the message holds it
     */
    public static LetterPlace parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no place of a letter: expected partition-offset, such as 0-17");
        }
        return new LetterPlace(Integer.parseInt(parts.group(1)), Long.parseLong(parts.group(2)));
    }

    @Override
    public int compareTo(LetterPlace other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return partition + "-" + offset;
    }
}
