package dev.freshet.capture.postgres.value;

import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which types can be keys: those of which equal values have equal text, if need be after normalising.
 *
 * <p>A topic compares keys by their bytes, the source by the type's operator. Where the two can differ ({@code 0.0 = -0.0},
 * {@code '1 day' = '24:00'}, letters of either case), one row could live under two keys, and so such types are refused;
 * also every type that is not known to be safe.
 */
final class KeyTypes {
    private static final Set<String> SAFE = Set.of(
            "int2",
            "int4",
            "int8",
            "oid",
            "xid8",
            "numeric",
            "bool",
            "text",
            "varchar",
            "bpchar",
            "name",
            "char",
            "uuid",
            "bytea",
            "date",
            "time",
            "timetz",
            "timestamp",
            "timestamptz",
            "inet",
            "cidr",
            "macaddr",
            "macaddr8",
            "bit",
            "varbit",
            "money",
            "pg_lsn");
    /** Extension types whose text is one for equal values. */
    private static final Set<String> SAFE_EXTENSIONS = Set.of("ltree");

    private KeyTypes() {}

    static @Nullable String problem(PgType type, int typmod, IntFunction<PgType> base) {
        if (type.array()) {
            PgType element = base.apply(type.element());
            if (element.name().equals("numeric") || element.array()) {
                return "its type " + type.title() + " has several texts for equal values";
            }
            return problem(element, typmod, base);
        }
        if (type.kind() == 'e') {
            return null;
        }
        if (type.kind() != 'b') {
            return "its type " + type.title() + " is composite or a range, whose equal values can differ in their text";
        }
        if (type.name().equals("bpchar") && typmod < 0) {
            return "its type bpchar has no length, so that values which differ in blanks at the end are equal;"
                    + " give it a length or use text";
        }
        boolean safe = type.builtIn() ? SAFE.contains(type.name()) : SAFE_EXTENSIONS.contains(type.name());
        return safe ? null : "equal values of its type " + type.title() + " can differ in their text";
    }
}
