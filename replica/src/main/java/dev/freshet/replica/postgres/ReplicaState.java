package dev.freshet.replica.postgres;

import dev.freshet.model.copy.CopyTables;
import dev.freshet.replica.table.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that the state tables hold of one replica, within the caller's transactions: to be looked through and forgotten. */
public final class ReplicaState {
    private static final String KNOWN = """
            SELECT EXISTS (SELECT FROM freshet.replica_stream WHERE replica = ?)
              OR EXISTS (SELECT FROM freshet.copy_state WHERE replica = ?)
            """;

    private static final String FILLED_TABLES = """
            SELECT s.target, pg_catalog.to_char(c.reltuples, 'FM999,999,999,999,990'),
              (SELECT pg_catalog.string_agg(DISTINCT pg_catalog.quote_literal(o.replica), ', ')
               FROM freshet.replica_stream o
               WHERE o.target = s.target AND o.replica <> s.replica AND o.fill > 0)
            FROM freshet.replica_stream s
            JOIN pg_catalog.pg_namespace n ON s.target LIKE '%.%' AND n.nspname = split_part(s.target, '.', 1)
            JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = split_part(s.target, '.', 2)
            WHERE s.replica = ? AND s.fill > 0 ORDER BY s.target
            """;

    private final String replica;

    /** Creates the view of a replica's state. */
    public ReplicaState(String replica) {
        this.replica = replica;
    }

    /**
     * A table that the replica has filled.
     *
     * @param name its name
     * @param rows the server's estimate of its rows, for people; negative if it has none
     * @param others the names of the replicas that have filled it as well, or null if there are none
     */
    public record FilledTable(
            TableName name, String rows, @Nullable String others) {}

    /** Returns whether there is anything of the replica. */
    public boolean isKnown(Connection db) throws SQLException {
        if (!StateTables.exist(db)) {
            return false;
        }
        try (PreparedStatement s = db.prepareStatement(KNOWN)) {
            s.setString(1, replica);
            s.setString(2, replica);
            try (ResultSet r = s.executeQuery()) {
                return r.next() && r.getBoolean(1);
            }
        }
    }

    /** Returns the tables that it has filled and that are still there, by name. */
    public List<FilledTable> filledTables(Connection db) throws SQLException {
        List<FilledTable> tables = new ArrayList<>();
        try (PreparedStatement s = db.prepareStatement(FILLED_TABLES)) {
            s.setString(1, replica);
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    tables.add(new FilledTable(TableName.parse(r.getString(1)), r.getString(2), r.getString(3)));
                }
            }
        }
        return tables;
    }

    /** Deletes every row of the replica. */
    public void forget(Connection db) throws SQLException {
        for (String table : List.of(
                StateTables.POSITIONS, StateTables.STREAMS, StateTables.ACTIVE, StateTables.PARKED, CopyTables.STATE)) {
            try (PreparedStatement s = db.prepareStatement("DELETE FROM " + table + " WHERE replica = ?")) {
                s.setString(1, replica);
                s.executeUpdate();
            }
        }
    }
}
