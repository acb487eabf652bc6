package dev.freshet.replica.table;

import dev.freshet.model.ledger.Column;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether every value of a source column can be held by a column of the copy without loss.
 *
 * <p>The rule: the same type with room enough (no modifier, or one that is as wide); {@code text} or {@code character
 * varying} without a limit, for every type ({@code text[]} for every array); a type of the user's own (enum, composite,
 * extension), for what the source has as text or as a type of its own; and the few widenings of {@link #WIDENINGS}.
 */
public final class TypeFit {
    private static final Pattern MODIFIER = Pattern.compile("\\(([0-9, -]+)\\)");
    private static final Set<String> ANYTHING = Set.of("text", "character varying");
    private static final Set<String> ANY_ARRAY = Set.of("text[]", "character varying[]");
    private static final Set<String> TEXTS = Set.of("text", "character varying", "character", "name");

    /** What a value of the first type always fits into besides its own type. */
    private static final Map<String, Set<String>> WIDENINGS = Map.of(
            "smallint", Set.of("integer", "bigint", "numeric"),
            "integer", Set.of("bigint", "numeric"),
            "bigint", Set.of("numeric"),
            "real", Set.of("double precision"),
            "json", Set.of("jsonb"));

    private TypeFit() {}

    /**
     * Returns whether the values fit.
     *
     * @param source the stream's column
     * @param target the copy's column
     */
    public static boolean fits(Column source, TargetColumn target) {
        Type from = Type.of(source.type());
        Type to = Type.of(target.type());
        if (!target.builtIn()) {
            return !source.portable() ? from.array() == to.array() : TEXTS.contains(from.element());
        }
        if (to.modifier.isEmpty() && (ANYTHING.contains(to.base) || (from.array() && ANY_ARRAY.contains(to.base)))) {
            return true;
        }
        if (!source.portable()) {
            return false;
        }
        if (from.base.equals(to.base)) {
            return to.isAsWideAs(from);
        }
        return to.modifier.isEmpty()
                && WIDENINGS.getOrDefault(from.base, Set.of()).contains(to.base);
    }

    /**
     * Returns the type that a column of the source gets in a table made for it.
     *
     * @param source the stream's column
     */
    public static String typeFor(Column source) {
        if (source.portable()) {
            return source.type();
        }
        return Type.of(source.type()).array() ? "text[]" : "text";
    }

    /** A type's words and its modifier. */
    private record Type(String base, String modifier) {
        static Type of(String text) {
            Matcher m = MODIFIER.matcher(text);
            return m.find()
                    ? new Type(
                            m.replaceFirst("").toLowerCase(Locale.ROOT),
                            m.group(1).replace(" ", ""))
                    : new Type(text.toLowerCase(Locale.ROOT), "");
        }

        boolean array() {
            return base.endsWith("[]");
        }

        String element() {
            return array() ? base.substring(0, base.indexOf('[')) : base;
        }

        boolean isAsWideAs(Type other) {
            if (modifier.isEmpty() || modifier.equals(other.modifier)) {
                return true;
            }
            if (other.modifier.isEmpty()) {
                return false;
            }
            if (element().equals("numeric")) {
                return numericFits(other);
            }
            return !fixedLength() && Integer.parseInt(modifier) >= Integer.parseInt(other.modifier);
        }

        private boolean numericFits(Type other) {
            String[] mine = modifier.split(",", -1);
            String[] its = other.modifier.split(",", -1);
            int scale = mine.length > 1 ? Integer.parseInt(mine[1]) : 0;
            int itsScale = its.length > 1 ? Integer.parseInt(its[1]) : 0;
            return scale >= itsScale && Integer.parseInt(mine[0]) - scale >= Integer.parseInt(its[0]) - itsScale;
        }

        /** PostgreSQL writes the length of these always; another length is another value. */
        private boolean fixedLength() {
            return element().equals("bit") || element().equals("character");
        }
    }
}
