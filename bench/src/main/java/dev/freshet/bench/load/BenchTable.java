package dev.freshet.bench.load;

import dev.freshet.bench.BenchException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The table that is measured with: six columns, a {@code bigint} primary key, rows of about 200 bytes; and the ways to
 * fill it. A row's content is a function of its id.
 */
public final class BenchTable {
    /** The table's name, in the schema {@code public}. */
    public static final String NAME = "bench_row";

    /** The columns after the id. */
    public static final String OTHER_COLUMNS = "customer, status, amount, changed, note";

    private static final String DEFINITION = """
            (id bigint PRIMARY KEY, customer bigint NOT NULL, status text NOT NULL,
             amount numeric(12,2) NOT NULL, changed timestamptz NOT NULL, note text NOT NULL)""";

    private static final String ROW = """
            g, g % 10000, (ARRAY['open', 'paid', 'sent', 'done'])[g % 4 + 1], (g % 1000000) / 100.0,
            timestamptz '2026-01-01 00:00:00Z' + g * interval '1 second',
            md5(g::text) || md5((g + 1)::text)
                || ' leave it with the neighbours please, and ring twice before six o''clock'""";

    private BenchTable() {}

    /** Creates the table under a name. */
    public static void create(Connection connection, String name) throws SQLException {
        execute(connection, "CREATE TABLE " + name + ' ' + DEFINITION);
    }

    /** Inserts the rows of the ids from first to last, each in a transaction of its own. */
    public static void insertOneByOne(Connection connection, long first, long last) throws SQLException {
        // nothing is measured here, and the rows are on disk before the measurement: see settle
        execute(connection, "SET synchronous_commit = off");
        execute(
                connection,
                "DO $$ BEGIN FOR g IN " + first + ".." + last + " LOOP INSERT INTO " + NAME + " SELECT " + ROW
                        + "; COMMIT; END LOOP; END $$");
        execute(connection, "RESET synchronous_commit");
        settle(connection);
    }

    /** Inserts the rows of the ids from first to last in one transaction. */
    public static void insertAtOnce(Connection connection, long first, long last) throws SQLException {
        execute(
                connection,
                "INSERT INTO " + NAME + " SELECT " + ROW + " FROM generate_series(" + first + "::bigint, " + last
                        + ") AS g");
        settle(connection);
    }

    /** The statement that inserts one row, its id the parameter. */
    public static String insertOne() {
        return "INSERT INTO " + NAME + " SELECT " + ROW + " FROM (VALUES (?::bigint)) AS v(g)";
    }

    /** The statement that writes rows given as one array a column, or overwrites those that are there. */
    public static String upsertArrays(String table) {
        return "INSERT INTO " + table + " SELECT * FROM unnest(?::bigint[], ?::bigint[], ?::text[], ?::numeric[],"
                + " ?::timestamptz[], ?::text[]) ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, status ="
                + " excluded.status, amount = excluded.amount, changed = excluded.changed, note = excluded.note";
    }

    /** Writes a checkpoint, so that none falls into the measurement for what was written before it. */
    public static void settle(Connection connection) throws SQLException {
        execute(connection, "CHECKPOINT");
    }

    /** Returns how many rows the table has. */
    public static long count(Connection connection, String table) throws SQLException {
        return Long.parseLong(text(connection, "SELECT count(*) FROM " + table));
    }

    /**
     * Compares two tables by the number of their rows, the highest id, and the sum of a hash of each row.
     *
     * @throws BenchException if they differ
     */
    public static void requireEqual(Connection source, String table, Connection target, String copy)
            throws SQLException {
        String wanted = text(source, fingerprint(table));
        String found = text(target, fingerprint(copy));
        if (!wanted.equals(found)) {
            throw new BenchException("The copy " + copy + " differs from its source " + table
                    + ": rows, highest id and checksum are " + found + " instead of " + wanted);
        }
    }

    private static String fingerprint(String table) {
        return "SELECT count(*) || ' ' || coalesce(max(id), 0) || ' ' || coalesce(sum(hashtextextended(ROW(id, "
                + OTHER_COLUMNS + ")::text, 0)::numeric), 0) FROM " + table;
    }

    /** Runs a statement. */
    public static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Runs a query of one row and one column. */
    public static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }
}
