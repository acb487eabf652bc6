package dev.freshet.replica.agent;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.copy.CopyTables;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.state.ConsumerDb;
import dev.freshet.replica.state.DbErrors;
import dev.freshet.replica.state.StateTables;
import dev.freshet.replica.table.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a replica away from the consumer's database. What it holds there is read from its own state, not from the
 * configuration: a table that the replica has not filled is somebody else's and never dropped.
 */
public final class ReplicaRemoval {
    private static final String DEPENDENT_OBJECTS = "2BP01";

    private static final String AT_WORK = """
            SELECT count(*) FROM pg_catalog.pg_stat_activity
            WHERE datname = pg_catalog.current_database() AND application_name = ? AND pid <> pg_catalog.pg_backend_pid()
            """;

    private static final String FILLED_TABLES = """
            SELECT s.target, pg_catalog.to_char(c.reltuples, 'FM999,999,999,999,990') FROM freshet.replica_stream s
            JOIN pg_catalog.pg_namespace n ON s.target LIKE '%.%' AND n.nspname = split_part(s.target, '.', 1)
            JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = split_part(s.target, '.', 2)
            WHERE s.replica = ? AND s.fill > 0 ORDER BY s.target
            """;

    private final ReplicaConfig config;
    private final ConsumerDb consumer;

    /** Creates the removal of a replica; it connects when asked. */
    public ReplicaRemoval(ReplicaConfig config) {
        this.config = config;
        this.consumer = new ConsumerDb(config);
    }

    private record FilledTable(TableName name, String rows) {}

    private interface Work<T> {
        T on(Connection db) throws SQLException;
    }

    private <T> T inDatabase(Work<T> work) {
        try (Connection db = consumer.open()) {
            return work.on(db);
        } catch (SQLException e) {
            throw DbErrors.wrap("Replica '" + config.name() + "' could not be removed", e);
        }
    }

    /** Returns what {@link #remove} will do, one action a line; empty if the database knows nothing of the replica. */
    public List<String> describe(boolean tables) {
        return inDatabase(db -> {
            List<String> actions = new ArrayList<>();
            if (!knows(db)) {
                return actions;
            }
            actions.add("forget in the database '" + db.getCatalog() + "' how far replica '" + config.name()
                    + "' is and how fresh; a server that still has it would fill its copies anew");
            for (FilledTable table : filledTables(db)) {
                String rows = table.rows().startsWith("-") ? "its rows" : "its rows (about " + table.rows() + ")";
                actions.add(
                        tables
                                ? "drop the table " + table.name() + " with " + rows
                                : "leave the table " + table.name() + " with " + rows
                                        + ", from then on without updates; --drop-tables drops it as well");
            }
            return actions;
        });
    }

    /** Does what {@link #describe} told, in one transaction. */
    public void remove(boolean tables) {
        inDatabase(db -> {
            if (!knows(db)) {
                return false;
            }
            refuseIfAtWork(db);
            List<FilledTable> filled = filledTables(db);
            for (String table : List.of(StateTables.POSITIONS, StateTables.STREAMS, CopyTables.STATE)) {
                try (PreparedStatement s = db.prepareStatement("DELETE FROM " + table + " WHERE replica = ?")) {
                    s.setString(1, config.name());
                    s.executeUpdate();
                }
            }
            for (FilledTable table : tables ? filled : List.<FilledTable>of()) {
                drop(db, table.name());
            }
            db.commit();
            return true;
        });
    }

    private void refuseIfAtWork(Connection db) throws SQLException {
        try (PreparedStatement s = db.prepareStatement(AT_WORK)) {
            s.setString(1, ConsumerDb.application(config.name()));
            try (ResultSet r = s.executeQuery()) {
                r.next();
                if (r.getInt(1) > 0) {
                    throw new ConfigurationException(
                            "Replica '" + config.name() + "' is at work (" + r.getInt(1)
                                    + " sessions '" + ConsumerDb.application(config.name())
                                    + "' in its database): stop every server that has it first, or it would fill its copies anew");
                }
            }
        }
    }

    private void drop(Connection db, TableName table) throws SQLException {
        try (Statement s = db.createStatement()) {
            s.execute("DROP TABLE IF EXISTS " + table.quoted());
        } catch (SQLException e) {
            if (!DbErrors.state(e).equals(DEPENDENT_OBJECTS)) {
                throw e;
            }
            throw new ConfigurationException(
                    "Table " + table + " of replica '" + config.name()
                            + "' cannot be dropped, since other objects, such as"
                            + " views, depend on it: drop those first, or remove the replica without --drop-tables."
                            + " Nothing was removed",
                    e);
        }
    }

    private boolean knows(Connection db) throws SQLException {
        if (!exists(db, StateTables.STREAMS) || !exists(db, CopyTables.STATE)) {
            return false;
        }
        try (PreparedStatement s = db.prepareStatement("SELECT EXISTS (SELECT FROM " + StateTables.STREAMS
                + " WHERE replica = ?) OR EXISTS (SELECT FROM " + CopyTables.STATE + " WHERE replica = ?)")) {
            s.setString(1, config.name());
            s.setString(2, config.name());
            try (ResultSet r = s.executeQuery()) {
                return r.next() && r.getBoolean(1);
            }
        }
    }

    private static boolean exists(Connection db, String table) throws SQLException {
        try (Statement s = db.createStatement();
                ResultSet r = s.executeQuery("SELECT to_regclass('" + table + "') IS NOT NULL")) {
            return r.next() && r.getBoolean(1);
        }
    }

    private List<FilledTable> filledTables(Connection db) throws SQLException {
        List<FilledTable> tables = new ArrayList<>();
        try (PreparedStatement s = db.prepareStatement(FILLED_TABLES)) {
            s.setString(1, config.name());
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    tables.add(new FilledTable(TableName.parse(r.getString(1)), r.getString(2)));
                }
            }
        }
        return tables;
    }
}
