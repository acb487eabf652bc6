package dev.freshet.replica.postgres.write;

import dev.freshet.model.FreshetException;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.SchemaPolicy;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.SchemaSource;
import dev.freshet.replica.port.TableLockedException;
import dev.freshet.replica.postgres.Alteration;
import dev.freshet.replica.postgres.TableCatalog;
import dev.freshet.replica.table.TableFit;
import dev.freshet.replica.table.TargetTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writers of a replica's streams by schema version. The first record of a new version makes the table evolve, in a
 * transaction of its own before the batch, unless batches are pieces of one: the statements may run twice and in several
 * instances at once.
 */
final class Plans implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Plans.class);

    /** More versions than this a stream mean that old ones are of no use any more; they come back when needed. */
    private static final int VERSIONS_OF_A_STREAM = 4;

    private static final int LEAST_LIMIT = 32;

    /** What is wrong with a version for a table; it concerns each of its records. */
    static final class MisfitException extends FreshetException {
        private static final long serialVersionUID = 1L;

        MisfitException(String message) {
            super(message);
        }
    }

    private record Id(String topic, String version) {}

    private final SchemaPolicy policy;
    private final boolean commits;
    private final SchemaSource schemas;
    private final int limit;
    private final Map<Id, TableWriter> writers = new HashMap<>();
    private final Map<Id, TableLockedException> locked = new HashMap<>();

    /**
     * Creates the plans.
     *
     * @param commits whether a table's shape is read, and the table altered, in transactions of their own
     */
    Plans(SchemaPolicy policy, SchemaSource schemas, int streams, boolean commits) {
        this.commits = commits;
        this.limit = Math.max(LEAST_LIMIT, VERSIONS_OF_A_STREAM * streams);
        this.policy = policy;
        this.schemas = schemas;
    }

    /**
     * Returns the writer of a version; outside a transaction where {@code mayAlter}.
     *
     * @throws MisfitException if the version does not fit the table
     * @throws TableLockedException if the table is to be altered, and its lock did not come
     */
    TableWriter writer(Connection db, StreamTarget target, String version) throws SQLException, InterruptedException {
        Id id = new Id(target.topic(), version);
        TableWriter known = writers.get(id);
        if (known != null) {
            return known;
        }
        TableLockedException waits = locked.get(id);
        if (waits != null) {
            throw waits;
        }
        SchemaRecord schema = schemas.schema(target.topic(), version);
        TableFit fit = fit(db, target, schema);
        if (!fit.alterations().isEmpty() && fit.problems().isEmpty()) {
            alter(db, id, target, fit);
            fit = fit(db, target, schema);
        }
        if (!fit.problems().isEmpty()) {
            throw new MisfitException(TableFit.misfit(target, fit.problems()));
        }
        TableWriter writer = new TableWriter(db, target.table(), new RowPlan(fit.fields()));
        writers.put(id, writer);
        return writer;
    }

    private TableFit fit(Connection db, StreamTarget target, SchemaRecord schema) throws SQLException {
        TargetTable table = TableCatalog.read(db, target.table());
        if (table == null) {
            throw new MisfitException("Table " + target.table()
                    + " is gone: make it again, or remove the replica's state" + " to have it filled anew");
        }
        TableFit fit = TableFit.evolving(target, schema, table, policy);
        if (commits) {
            db.commit();
        }
        return fit;
    }

    /** A lock that does not come is not asked for again, by no version of the stream, until {@link #askAgain}. */
    private void alter(Connection db, Id id, StreamTarget target, TableFit fit) throws SQLException {
        for (Map.Entry<Id, TableLockedException> other : locked.entrySet()) {
            if (other.getKey().topic().equals(id.topic())) {
                throw other.getValue();
            }
        }
        try {
            Alteration.run(db, target.table(), fit.alterations());
        } catch (TableLockedException e) {
            locked.put(id, e);
            throw e;
        }
        if (commits) {
            db.commit();
        }
    }

    /** Has the lock of a topic's table be asked for again. */
    void askAgain(String topic) {
        locked.keySet().removeIf(id -> id.topic().equals(topic));
    }

    /** Lets all writers go where they have become too many. Only between batches: a writer holds its batch's rows. */
    void trim() throws SQLException {
        if (writers.size() > limit) {
            close();
        }
    }

    /** Forgets what is known of the tables' shapes, so that it is read again. */
    void forget() {
        try {
            close();
        } catch (SQLException e) {
            // the statements go with their connection
            LOG.debug("Statements could not be closed", e);
        }
    }

    @Override
    public void close() throws SQLException {
        try {
            for (TableWriter w : writers.values()) {
                w.close();
            }
        } finally {
            writers.clear();
        }
    }
}
