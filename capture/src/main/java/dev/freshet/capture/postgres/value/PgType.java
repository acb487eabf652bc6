package dev.freshet.capture.postgres.value;

/**
 * A row of {@code pg_type}, as far as values need it.
 *
 * @param oid its oid
 * @param schema the schema in which it lives
 * @param name its name, without the schema
 * @param kind {@code typtype}: {@code b}ase, {@code c}omposite, {@code d}omain, {@code e}num, {@code r}ange,
 *     {@code m}ultirange, {@code p}seudo
 * @param base for a domain the oid of the type under it, else 0
 * @param baseTypmod for a domain the modifier of the type under it, else -1
 * @param element for an array in the sense of {@code array_out} the oid of its elements' type, else 0
 * @param delimiter the character between elements of an array of this type
 * @param title {@code format_type} without a modifier
 */
record PgType(
        int oid,
        String schema,
        String name,
        char kind,
        int base,
        int baseTypmod,
        int element,
        char delimiter,
        String title) {
    private static final String BUILT_IN = "pg_catalog";

    boolean domain() {
        return kind == 'd';
    }

    boolean array() {
        return element != 0;
    }

    boolean builtIn() {
        return schema.equals(BUILT_IN);
    }

    /** A type that is gone from the catalog, so that nothing more can be known of it. */
    static PgType gone(int oid) {
        return new PgType(oid, "", "", 'b', 0, -1, 0, ',', "oid " + Integer.toUnsignedString(oid));
    }
}
