package dev.freshet.outbox;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The databases that can hold an outbox table. */
public enum Dialect {
    /** PostgreSQL 14 and newer. */
    POSTGRESQL(
            "postgresql",
            "ON CONFLICT (id) DO NOTHING",
            "INSERT, SELECT (id) ON freshet_outbox",
            "a schema of the search_path of the service's role") {
        @Override
        SqlStatement.Parameter id(UUID id) {
            return new SqlStatement.Parameter(UUID.class, id);
        }

        @Override
        List<String> privileges() {
            return List.of(onTable(), "USAGE ON SEQUENCE freshet_outbox_seq");
        }
    },

    /**
     * MySQL 8.0.17 and newer, whose migration keeps an id as its 16 bytes, in {@code binary(16)}.
     *
     * <p>Freshet's own tests have no MySQL to run on: they run its migration and its statement on MariaDB 11.4, which accepts
     * both as they are.
     */
    MYSQL("mysql", Dialect.NOTHING_AGAIN, Dialect.NOTHING_AGAIN_NEEDS, Dialect.OWN_DATABASE) {
        @Override
        SqlStatement.Parameter id(UUID id) {
            byte[] bytes = ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(id.getMostSignificantBits())
                    .putLong(id.getLeastSignificantBits())
                    .array();
            return new SqlStatement.Parameter(byte[].class, bytes);
        }
    },

    /** MariaDB 10.7 and newer, which have the type {@code uuid}. */
    MARIADB("mariadb", Dialect.NOTHING_AGAIN, Dialect.NOTHING_AGAIN_NEEDS, Dialect.OWN_DATABASE) {
        /** As text, which MariaDB converts: not every driver that speaks with it knows how to send a UUID. */
        @Override
        SqlStatement.Parameter id(UUID id) {
            return new SqlStatement.Parameter(String.class, id.toString());
        }
    };

    /** Unlike INSERT IGNORE it lets every other error be one. */
    private static final String NOTHING_AGAIN = "ON DUPLICATE KEY UPDATE id = id";

    private static final String NOTHING_AGAIN_NEEDS = "INSERT, UPDATE, SELECT (id) ON freshet_outbox";
    private static final String OWN_DATABASE = "the database that the connection uses";

    private final String folder;
    private final String ifThere;
    private final String onTable;
    private final String place;

    Dialect(String folder, String ifThere, String onTable, String place) {
        this.folder = "dev/freshet/outbox/" + folder;
        this.ifThere = ifThere;
        this.onTable = onTable;
        this.place = place;
    }

    /**
     * Returns where on the class path the table's definition is: one file, for Liquibase, or whatever else runs SQL. Liquibase
     * takes it as a change log, or as a file that one includes.
     */
    public String migration() {
        return folder + "/V1__freshet_outbox.sql";
    }

    /**
     * Returns the folder of {@link #migration}, with nothing else in it, as Flyway wants it: {@code "classpath:" +
     * migrationFolder()} is a location.
     *
     * <p>Its versions begin with 1, as those of most services do. So give it a history of its own: another Flyway with
     * {@code table("freshet_outbox_history")}, and {@code baselineOnMigrate(true)} with {@code baselineVersion("0")}, since
     * what the service has is there already.
     */
    public String migrationFolder() {
        return folder;
    }

    /**
     * Returns where on the class path is what a relay needs beside the table to poll it, to be run after {@link #migration}; empty
     * where that has it all.
     */
    public Optional<String> pollingMigration() {
        return pollingMigrationFolder().map(f -> f + "/V2__freshet_outbox_polling.sql");
    }

    /** Returns the folder of {@link #pollingMigration}, a location for Flyway beside {@link #migrationFolder}. */
    public Optional<String> pollingMigrationFolder() {
        return this == POSTGRESQL ? Optional.of(folder + "-polling") : Optional.empty();
    }

    /** Returns an id as a parameter of the insert. */
    abstract SqlStatement.Parameter id(UUID id);

    /** Returns the insert's end, by which an id that is there already inserts nothing. */
    String ifThere() {
        return ifThere;
    }

    /** Returns the privileges that the insert needs, and on what, as each {@code GRANT} names them. */
    List<String> privileges() {
        return List.of(onTable);
    }

    final String onTable() {
        return onTable;
    }

    /** Returns where the table must be for the insert to find it. */
    String place() {
        return place;
    }
}
