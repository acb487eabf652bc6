package dev.freshet.replica.postgres;

import dev.freshet.model.copy.CopyTables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables of replicas in schema {@code freshet} of the consumer's database.
 *
 * <p>{@code replica_stream} has a row for each stream of a replica: which fill its table holds. {@code replica_position} has
 * one for each partition of a fill: the owner's generation, the next offset, the last position applied, and why it is
 * stopped, if it is. {@code replica_active} has one for each replica of which one instance is active at a time. {@code
 * replica_parked} has one for each key whose newest record the table refuses.
 */
public final class StateTables {
    /** The streams' table. */
    static final String STREAMS = "freshet.replica_stream";

    /** The partitions' table. */
    static final String POSITIONS = "freshet.replica_position";

    /** The table of active instances. */
    static final String ACTIVE = "freshet.replica_active";

    /** The parked keys' table. */
    static final String PARKED = "freshet.replica_parked";

    /** Two processes that start at once must not make the same table twice; the number is "freshet" in ASCII. */
    private static final long LOCK = 0x66726573686574L;

    private static final String CREATE_STREAMS = """
            CREATE TABLE IF NOT EXISTS freshet.replica_stream (
              replica text NOT NULL,
              stream text NOT NULL,
              topic text NOT NULL,
              topic_id text NOT NULL,
              target text NOT NULL,
              fill bigint NOT NULL,
              refill text,
              at_end timestamptz,
              rows_filled bigint NOT NULL DEFAULT 0,
              PRIMARY KEY (replica, stream))
            """;

    private static final String CREATE_POSITIONS = """
            CREATE TABLE IF NOT EXISTS freshet.replica_position (
              replica text NOT NULL,
              stream text NOT NULL,
              fill bigint NOT NULL,
              partition integer NOT NULL,
              generation bigint NOT NULL,
              next_offset bigint NOT NULL,
              position text NOT NULL,
              stopped text,
              PRIMARY KEY (replica, stream, fill, partition)) WITH (fillfactor = 20)
            """;

    private static final String CREATE_ACTIVE = """
            CREATE TABLE IF NOT EXISTS freshet.replica_active (
              replica text PRIMARY KEY,
              generation bigint NOT NULL,
              instance text NOT NULL,
              since timestamptz NOT NULL,
              seen_at timestamptz)
            """;

    private static final String CREATE_PARKED = """
            CREATE TABLE IF NOT EXISTS freshet.replica_parked (
              replica text NOT NULL,
              stream text NOT NULL,
              key_hash bytea NOT NULL,
              partition integer NOT NULL,
              key bytea NOT NULL,
              record_offset bigint NOT NULL,
              error text NOT NULL,
              since timestamptz NOT NULL,
              PRIMARY KEY (replica, stream, key_hash))
            """;

    private StateTables() {}

    /**
     * Makes what is missing, in one transaction of its own. It asks for no more rights than it needs: where all is there,
     * none but to read the catalog.
     */
    public static void create(Connection db) throws SQLException {
        db.setAutoCommit(false);
        try (Statement s = db.createStatement()) {
            if (!complete(s)) {
                s.execute("SELECT pg_catalog.pg_advisory_xact_lock(" + LOCK + ")");
                for (String sql : statements()) {
                    if (!sql.startsWith("CREATE SCHEMA") || !exists(s, "to_regnamespace('freshet')")) {
                        s.execute(sql);
                    }
                }
            }
            db.commit();
        } catch (SQLException e) {
            db.rollback();
            throw e;
        }
    }

    /** Returns whether all of them are there. */
    public static boolean exist(Connection db) throws SQLException {
        try (Statement s = db.createStatement()) {
            return complete(s);
        }
    }

    private static List<String> statements() {
        List<String> all = new ArrayList<>(CopyTables.createStatements());
        all.add(CREATE_STREAMS);
        all.add(CREATE_POSITIONS);
        all.add(CREATE_ACTIVE);
        all.add(CREATE_PARKED);
        return all;
    }

    private static boolean complete(Statement s) throws SQLException {
        for (String table : List.of(CopyTables.STATE, CopyTables.FRESHNESS, STREAMS, POSITIONS, ACTIVE, PARKED)) {
            if (!exists(s, "to_regclass('" + table + "')")) {
                return false;
            }
        }
        return true;
    }

    private static boolean exists(Statement s, String lookup) throws SQLException {
        try (ResultSet r = s.executeQuery("SELECT " + lookup + " IS NOT NULL")) {
            return r.next() && r.getBoolean(1);
        }
    }
}
