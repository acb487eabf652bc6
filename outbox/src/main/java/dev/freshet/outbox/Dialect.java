package dev.freshet.outbox;

/** The databases that can hold an outbox table. */
public enum Dialect {
    /** PostgreSQL 14 and newer. */
    POSTGRESQL("postgresql");

    private final String folder;

    Dialect(String folder) {
        this.folder = folder;
    }

    /** Returns where on the class path the table's definition is, for Flyway, Liquibase, or whatever else runs SQL. */
    public String migration() {
        return "dev/freshet/outbox/" + folder + "/V1__freshet_outbox.sql";
    }
}
