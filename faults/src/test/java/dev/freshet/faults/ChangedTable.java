package dev.freshet.faults;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * A captured table that a statement changes while others write it. {@code $T} stands for its name.
 *
 * @param name its name
 * @param kind how the statement is to be followed
 * @param setup what makes the table
 * @param before written in the statement's own transaction, before it; empty if the statement is run by itself
 * @param ddl the statement
 * @param after written afterwards, in the same transaction if there is a {@code before}; may be empty
 * @param untrue what no row of the copy is once the statement is behind it, as a condition; empty if the rows do not tell
 */
record ChangedTable(
        String name, Kind kind, List<String> setup, String before, String ddl, String after, String untrue) {
    /** Rows with these keys are in the table from the start; the first few are no one's but the statement's transaction's. */
    static final int KEYS = 300;

    /** From this key on, rows of a partitioned table are in its partition {@code $T_more}. */
    static final int MORE = 1_000_000;

    private static final String COLUMNS = "CREATE TABLE $T (id bigint PRIMARY KEY, tick int NOT NULL DEFAULT 0,"
            + " v varchar(10) NOT NULL DEFAULT 'v', n int NOT NULL DEFAULT 5, m $T_mood NOT NULL DEFAULT 'calm')";
    private static final String TYPE = "CREATE TYPE $T_mood AS ENUM ('calm', 'keen')";
    private static final String FILL = "INSERT INTO $T (id) SELECT generate_series(1, " + KEYS + ")";
    private static final String ROWS_BEFORE =
            "INSERT INTO $T (id) VALUES (-1), (-2); UPDATE $T SET tick = 77 WHERE id = 3;"
                    + " DELETE FROM $T WHERE id = 4";
    private static final String ROWS_AFTER = "UPDATE $T SET tick = 78 WHERE id IN (-1, 5); DELETE FROM $T WHERE id = 6;"
            + " INSERT INTO $T (id) VALUES (-3)";

    /** How Freshet follows a statement. */
    enum Kind {
        /** By the log alone. */
        FLOWS,
        /** By reading the table's rows anew. */
        READ_ANEW
    }

    ChangedTable {
        setup = List.copyOf(setup);
    }

    /** A table whose statement is run by itself, with rows after it. */
    static ChangedTable alone(String name, Kind kind, String ddl, String after, String untrue) {
        return new ChangedTable(name, kind, List.of(TYPE, COLUMNS, FILL), "", ddl, after, untrue);
    }

    /** A table whose statement stands in a transaction that writes rows before and after it. */
    static ChangedTable inside(String name, Kind kind, String ddl, String after, String untrue) {
        return new ChangedTable(
                name + "_inside",
                kind,
                List.of(TYPE, COLUMNS, FILL),
                ROWS_BEFORE,
                ddl,
                after.isEmpty() ? ROWS_AFTER : ROWS_AFTER + "; " + after,
                untrue);
    }

    /** Both of these. */
    static Stream<ChangedTable> both(String name, Kind kind, String ddl, String after, String untrue) {
        return Stream.of(alone(name, kind, ddl, after, untrue), inside(name, kind, ddl, after, untrue));
    }

    /** A partitioned table whose statement is run by itself; {@code more} makes what the statement is about. */
    static ChangedTable parted(String name, Kind kind, String more, String ddl, String untrue) {
        return new ChangedTable(
                name,
                kind,
                List.of(
                        TYPE,
                        COLUMNS + " PARTITION BY RANGE (id)",
                        "CREATE TABLE $T_base PARTITION OF $T FOR VALUES FROM (-" + MORE + ") TO (" + MORE + ")",
                        FILL,
                        more),
                "",
                ddl,
                "",
                untrue);
    }

    void create(LiveCopies.Database source) throws SQLException {
        source.execute(setup.stream().map(this::named).toArray(String[]::new));
    }

    /** Runs the statement, and what is written with it. */
    void change(LiveCopies.Database source) throws SQLException {
        source.execute(
                before.isEmpty()
                        ? new String[] {named(ddl), after.isEmpty() ? "SELECT 1" : named(after)}
                        : new String[] {named("BEGIN; " + before + "; " + ddl + "; " + after + "; COMMIT")});
    }

    /** Returns the query that counts the rows of the copy that should not be. */
    String countUntrue() {
        return named("SELECT count(*) FROM $T WHERE " + untrue);
    }

    private String named(String sql) {
        return sql.replace("$T", name);
    }
}
