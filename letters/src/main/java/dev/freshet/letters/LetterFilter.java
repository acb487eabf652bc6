package dev.freshet.letters;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which letters are meant: those that fit all that it names.
 *
 * @param letters places ({@code partition-offset}) or ids ({@code ce_id}); empty for all
 * @param streams names of streams; empty for all
 * @param keys keys as text; empty for all
 * @param types event types; empty for all
 * @param errors errors, each a word; empty for all
 * @param since those written at this time or later; null for all
 * @param until those written before this time; null for all
 */
public record LetterFilter(
        Set<String> letters,
        Set<String> streams,
        Set<String> keys,
        Set<String> types,
        Set<String> errors,
        @Nullable Instant since,
        @Nullable Instant until) {
    /** All letters. */
    public static final LetterFilter ALL =
            new LetterFilter(Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), null, null);

    /** Copies the sets. */
    public LetterFilter {
        letters = Set.copyOf(letters);
        streams = Set.copyOf(streams);
        keys = Set.copyOf(keys);
        types = Set.copyOf(types);
        errors = Set.copyOf(errors);
    }

    /** Returns the filter of one letter, or of all those with an id. */
    public static LetterFilter of(String placeOrId) {
        return ofPlaces(Set.of(placeOrId));
    }

    /** Returns the filter of letters by their places, or of all those with an id among them. */
    public static LetterFilter ofPlaces(Set<String> placesOrIds) {
        return new LetterFilter(placesOrIds, Set.of(), Set.of(), Set.of(), Set.of(), null, null);
    }

    /** Returns whether it means all letters. */
    public boolean isAll() {
        return equals(ALL);
    }

    /** Returns whether a letter is meant. */
    public boolean matches(LetterHead head) {
        return (letters.isEmpty() || letters.contains(head.place().toString()) || letters.contains(head.id()))
                && has(streams, head.stream())
                && (keys.isEmpty() || (head.key() != null && keys.contains(head.keyText())))
                && has(types, head.type())
                && has(errors, head.error())
                && (since == null || !head.writtenAt().isBefore(since))
                && (until == null || head.writtenAt().isBefore(until));
    }

    private static boolean has(Set<String> wanted, String value) {
        return wanted.isEmpty() || wanted.contains(value);
    }
}
