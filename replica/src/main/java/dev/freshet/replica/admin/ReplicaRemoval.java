package dev.freshet.replica.admin;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.copy.CopyTables;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.postgres.Calls;
import dev.freshet.replica.postgres.ConsumerDb;
import dev.freshet.replica.postgres.DbErrors;
import dev.freshet.replica.postgres.ReplicaState;
import dev.freshet.replica.postgres.ReplicaState.FilledTable;
import dev.freshet.replica.table.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a replica away from the consumer's database. What it holds there is read from its own state, not from the
 * configuration: a table that the replica has not filled is somebody else's and never dropped, nor is one that another
 * replica has filled as well.
 */
public final class ReplicaRemoval {
    private static final String DEPENDENT_OBJECTS = "2BP01";

    /** Sessions of a server that has just stopped may be seen a little longer: so often and so long they are looked for again. */
    private static final int LOOKS = 20;

    private static final String PAUSE = "SELECT pg_catalog.pg_sleep(0.1)";

    private final ReplicaConfig config;
    private final ConsumerDb consumer;
    private final ReplicaState state;

    /** Creates the removal of a replica; it connects when asked. */
    public ReplicaRemoval(ReplicaConfig config) {
        this.config = config;
        this.consumer = new ConsumerDb(config);
        this.state = new ReplicaState(config.name());
    }

    private interface Work<T> {
        T on(Connection db) throws SQLException;
    }

    private <T> T inDatabase(Work<T> work) {
        try (Connection db = consumer.open()) {
            return work.on(db);
        } catch (SQLException e) {
            throw new Calls(false).refused(e).during("Replica '" + config.name() + "' could not be removed");
        }
    }

    /** Returns what {@link #remove} will do, one action a line; empty if the database knows nothing of the replica. */
    public List<String> describe(boolean tables) {
        return inDatabase(db -> {
            List<String> actions = new ArrayList<>();
            if (!state.isKnown(db)) {
                return actions;
            }
            actions.add("forget in the database '" + db.getCatalog() + "' how far replica '" + config.name()
                    + "' is and how fresh; the schema " + CopyTables.SCHEMA
                    + " with its tables stays: other replicas may"
                    + " have their state there, and if none has, DROP SCHEMA " + CopyTables.SCHEMA + " CASCADE takes it"
                    + " away");
            for (FilledTable table : state.filledTables(db)) {
                actions.add(describe(table, tables));
            }
            return actions;
        });
    }

    private static String describe(FilledTable table, boolean drop) {
        String what = "the table " + table.name() + " with "
                + (table.rows().startsWith("-") ? "its rows" : "its rows (about " + table.rows() + ")");
        if (table.others() != null) {
            return "leave " + what + ", since it is also the copy of replica " + table.others();
        }
        return drop
                ? "drop " + what + "; a server that still has the replica would make it and fill it anew"
                : "leave " + what
                        + ", from then on without updates; a server that still has the replica would refuse it"
                        + " until it is empty; --drop-tables drops it as well";
    }

    /** Does what {@link #describe} told, in one transaction. */
    public void remove(boolean tables) {
        inDatabase(db -> {
            if (!state.isKnown(db)) {
                return false;
            }
            refuseIfAtWork(db);
            List<FilledTable> dropped = tables ? lockOwnTables(db) : List.of();
            state.forget(db);
            for (FilledTable table : dropped) {
                drop(db, table.name());
            }
            db.commit();
            return true;
        });
    }

    private void refuseIfAtWork(Connection db) throws SQLException {
        int sessions = consumer.atWork(db);
        for (int look = 1; sessions > 0 && look < LOOKS; look++) {
            // a transaction sees the sessions as they were at its first look
            db.rollback();
            try (Statement s = db.createStatement()) {
                s.execute(PAUSE);
            }
            sessions = consumer.atWork(db);
        }
        if (sessions > 0) {
            throw new ConfigurationException("Replica '" + config.name() + "' is at work (" + sessions + " sessions '"
                    + ConsumerDb.application(config.name())
                    + "' in its database): stop every server that has it first, or it would begin anew");
        }
    }

    /** Returns the tables to drop. They are locked before it is asked whose they are: a fill may just be putting one in place. */
    private List<FilledTable> lockOwnTables(Connection db) throws SQLException {
        try (Statement s = db.createStatement()) {
            for (FilledTable table : ownTables(db)) {
                s.execute("LOCK TABLE " + table.name().quoted() + " IN ACCESS EXCLUSIVE MODE");
            }
        }
        return ownTables(db);
    }

    private List<FilledTable> ownTables(Connection db) throws SQLException {
        return state.filledTables(db).stream().filter(t -> t.others() == null).toList();
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
}
