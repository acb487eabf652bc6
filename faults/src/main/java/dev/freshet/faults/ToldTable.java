package dev.freshet.faults;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The tables, none of them captured, by which a database says which events were committed: {@code told} gets a row for each in its
 * transaction, with a number of one sequence. The number is drawn once the key is locked, so that those of a key are in the order
 * of their commits. {@code told_answer} is what {@link Way#DIRECT} has answered, afterwards.
 */
final class ToldTable {
    private static final String[] TABLES = {
        "CREATE SEQUENCE told_number",
        "CREATE TABLE told_key (key text PRIMARY KEY)",
        "CREATE TABLE told (id uuid PRIMARY KEY, key text NOT NULL, number bigint NOT NULL, life int NOT NULL,"
                + " large boolean NOT NULL)",
        "CREATE TABLE told_answer (id uuid PRIMARY KEY, outcome text NOT NULL)"
    };

    private ToldTable() {}

    /** Makes the tables. */
    static void create(Connection c) throws SQLException {
        try (Statement s = c.createStatement()) {
            for (String table : TABLES) {
                s.execute(table);
            }
        }
    }

    /** Locks a key until the transaction's end, and returns the next number. */
    static long lock(Connection c, String key) throws SQLException {
        // what it returns is computed when the lock is there
        try (PreparedStatement s =
                c.prepareStatement("INSERT INTO told_key VALUES (?) ON CONFLICT (key) DO UPDATE SET key ="
                        + " excluded.key RETURNING nextval('told_number')")) {
            s.setString(1, key);
            try (ResultSet row = s.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /**
     * Tells of an event, unless it is told of already.
     *
     * @param life the process that publishes it
     */
    static void insert(Connection c, Request request, long number, int life) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("INSERT INTO told VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING")) {
            s.setObject(1, request.id());
            s.setString(2, request.key());
            s.setLong(3, number);
            s.setInt(4, life);
            s.setBoolean(5, request.large());
            s.executeUpdate();
        }
    }
}
