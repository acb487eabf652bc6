package dev.freshet.replica.table;

/**
 * A column of the copy's table, a domain resolved to its base type.
 *
 * @param name the column
 * @param type the type as PostgreSQL writes it, with its modifier
 * @param castType the type's qualified name without a modifier, for a cast that does not cut values short
 * @param builtIn whether the type, or an array's element type, is one of PostgreSQL's own
 * @param array whether it is an array
 * @param notNull whether null is refused, by the column or its domain
 * @param hasDefault whether an insert may leave it out although it refuses null
 * @param generated whether the database computes it, so that it cannot be written
 * @param identityAlways whether it is {@code GENERATED ALWAYS AS IDENTITY}
 */
public record TargetColumn(
        String name,
        String type,
        String castType,
        boolean builtIn,
        boolean array,
        boolean notNull,
        boolean hasDefault,
        boolean generated,
        boolean identityAlways) {

    /** Returns the column's name for SQL, quoted. */
    public String quoted() {
        return TableName.quote(name);
    }
}
