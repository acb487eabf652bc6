package dev.freshet.replica.table;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table of the consumer's database as its catalog describes it.
 *
 * @param name the table
 * @param ordinary whether it is an ordinary table: no view, no partitioned, foreign or inheriting one
 * @param columns its columns, in order
 * @param uniques its unique indexes, the primary key first
 * @param foreignKeys foreign keys in either direction, described
 * @param exclusions the names of exclusion constraints
 * @param empty whether it holds no row
 */
public record TargetTable(
        TableName name,
        boolean ordinary,
        List<TargetColumn> columns,
        List<Unique> uniques,
        List<String> foreignKeys,
        List<String> exclusions,
        boolean empty) {

    /**
     * A unique index.
     *
     * @param name the index, or constraint, by name
     * @param columns its columns
     * @param plain whether it is usable as a key: on columns alone, not partial, checked at once, nulls distinct or none
     * @param primary whether it is the primary key
     * @param lax those of its columns of which it takes different texts for equal: by a nondeterministic collation or by their
     *     type, such as {@code citext}, an array of it, or a composite
     */
    public record Unique(String name, Set<String> columns, boolean plain, boolean primary, Set<String> lax) {
        /** Copies the sets. */
        public Unique {
            columns = Set.copyOf(columns);
            lax = Set.copyOf(lax);
        }
    }

    /** Copies the lists. */
    public TargetTable {
        columns = List.copyOf(columns);
        uniques = List.copyOf(uniques);
        foreignKeys = List.copyOf(foreignKeys);
        exclusions = List.copyOf(exclusions);
    }

    /** Returns a column by its name, or null. */
    public @Nullable TargetColumn column(String columnName) {
        for (TargetColumn c : columns) {
            if (c.name().equals(columnName)) {
                return c;
            }
        }
        return null;
    }

    /** Returns whether a column takes part in the primary key. */
    public boolean inPrimaryKey(String columnName) {
        return uniques.stream().anyMatch(u -> u.primary() && u.columns().contains(columnName));
    }
}
