package dev.freshet.replica.postgres.fill;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.SchemaPolicy;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.replica.port.TableLockedException;
import dev.freshet.replica.postgres.Alteration;
import dev.freshet.replica.postgres.TableCatalog;
import dev.freshet.replica.table.FieldMap;
import dev.freshet.replica.table.TableFit;
import dev.freshet.replica.table.TableMaker;
import dev.freshet.replica.table.TargetTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brings the table that is to be filled into shape, and says which column goes where. */
final class TargetShape {
    private final Connection db;
    private final SchemaPolicy policy;
    private final StreamTarget target;
    private final SchemaRecord schema;
    private final StreamRow row;

    TargetShape(Connection db, SchemaPolicy policy, StreamTarget target, SchemaRecord schema, StreamRow row) {
        this.db = db;
        this.policy = policy;
        this.target = target;
        this.schema = schema;
        this.row = row;
    }

    /**
     * Alters a table that holds an earlier fill, if it needs it and all else fits, and commits: the fill's own transaction
     * would lock the copy's readers out until its end.
     *
     * @return whether it did; the locks of the transaction are gone then
     * @throws TableLockedException if its lock did not come
     */
    boolean alter() throws SQLException {
        TargetTable table = TableCatalog.read(db, target.table());
        if (table == null) {
            return false;
        }
        TableFit fit = fit(table);
        if (!fit.problems().isEmpty() || fit.alterations().isEmpty()) {
            return false;
        }
        Alteration.run(db, target.table(), fit.alterations());
        db.commit();
        return true;
    }

    /**
     * Makes a missing table, in the fill's transaction: a half-finished fill leaves none that looks like an empty copy.
     *
     * @throws ConfigurationException if the table does not fit, with everything that is wrong
     * @throws RetriableException if it changed its shape just now
     */
    FieldMap require() throws SQLException {
        @Nullable TargetTable table = TableCatalog.read(db, target.table());
        if (table == null) {
            Shadow.execute(db, TableMaker.create(target, schema));
            table = TableCatalog.read(db, target.table());
        }
        if (table == null) {
            throw new RetriableException("Table " + target.table() + " was dropped while its fill began");
        }
        TableFit fit = fit(table);
        List<String> problems = new ArrayList<>(fit.problems());
        if (row.fill() == 0 && !table.empty()) {
            problems.add("it holds rows that Freshet did not bring: empty it, or name another"
                    + " table; a fill would replace them");
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(TableFit.misfit(target, problems));
        }
        if (!fit.alterations().isEmpty()) {
            throw new RetriableException("Table " + target.table() + " was altered while its fill began");
        }
        return fit.fields();
    }

    private TableFit fit(TargetTable table) {
        return row.fill() == 0
                ? TableFit.first(target, schema, table)
                : TableFit.evolving(target, schema, table, policy);
    }
}
