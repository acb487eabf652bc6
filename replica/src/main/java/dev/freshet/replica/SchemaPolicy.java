package dev.freshet.replica;

/** What a replica does when its stream gets a column that the copy's table does not have. */
public enum SchemaPolicy {
    /** Adds the column, nullable; a column that the source drops stays, keeps its values and may be null from then on. */
    EVOLVE,
    /** Leaves the column out. */
    IGNORE,
    /** Stops the partitions whose records have the column, with a message, until the table or the configuration is changed. */
    REFUSE
}
