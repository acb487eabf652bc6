package dev.freshet.replica.postgres.fill;

import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.SchemaPolicy;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.SchemaSource;
import dev.freshet.replica.port.ShadowTable;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.replica.postgres.Calls;
import dev.freshet.replica.table.FieldMap;
import dev.freshet.stream.StreamRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/** A shadow table: rows go straight into it, what came later by way of {@link PendingRows}. */
public final class PostgresShadow implements ShadowTable {
    private final Connection db;
    private final Shadow shadow;
    private final PendingRows pending;
    private final FillRows lines;
    private final Calls calls;
    private List<String> renames = List.of();

    private PostgresShadow(Connection db, Shadow shadow, PendingRows pending, FillRows lines, Calls calls) {
        this.db = db;
        this.shadow = shadow;
        this.pending = pending;
        this.lines = lines;
        this.calls = calls;
    }

    /** Does {@link dev.freshet.replica.port.CopySession#alterForFill}. */
    public static boolean alter(
            Connection db, SchemaPolicy policy, StreamTarget target, SchemaRecord schema, StreamRow row)
            throws SQLException {
        return new TargetShape(db, policy, target, schema, row).alter();
    }

    /** Does {@link dev.freshet.replica.port.CopySession#empty}. */
    public static void empty(
            Connection db, SchemaPolicy policy, StreamTarget target, SchemaRecord schema, StreamRow row)
            throws SQLException {
        new TargetShape(db, policy, target, schema, row).require();
        Shadow.execute(db, "DELETE FROM " + target.table().quoted());
    }

    /** Does {@link dev.freshet.replica.port.CopySession#analyze}. */
    public static void analyze(Connection db, StreamTarget target) throws SQLException {
        Shadow.execute(db, "ANALYZE " + target.table().quoted());
    }

    /** Does {@link dev.freshet.replica.port.CopySession#shadow}. */
    public static PostgresShadow create(
            Connection db,
            SchemaPolicy policy,
            StreamTarget target,
            SchemaRecord schema,
            StreamRow row,
            SchemaSource schemas,
            Calls calls)
            throws SQLException {
        FieldMap fields = new TargetShape(db, policy, target, schema, row).require();
        Shadow shadow = Shadow.create(db, fields, target.table());
        PendingRows pending = PendingRows.create(db, fields);
        FillRows lines =
                new FillRows(db, target, fields, schemas, shadow.name(), pending, policy != SchemaPolicy.IGNORE);
        return new PostgresShadow(db, shadow, pending, lines, calls);
    }

    @Override
    public List<String> dependents() {
        return shadow.dependents();
    }

    @Override
    public void add(StreamRecord row) throws InterruptedException {
        try {
            lines.put(row);
        } catch (SQLException e) {
            throw calls.refused(e);
        }
    }

    @Override
    public void endPiece(Collection<StreamRecord> later) throws InterruptedException {
        try {
            lines.end();
            for (StreamRecord r : later) {
                lines.putPending(r);
            }
            pending.flush();
        } catch (SQLException e) {
            throw calls.refused(e);
        }
    }

    @Override
    public void giveSign() {
        calls.run(() -> Shadow.execute(db, "SELECT"));
    }

    @Override
    public void complete() {
        calls.run(() -> {
            renames = shadow.index(quoted(FieldMap.Field::key));
            pending.mergeInto(shadow.name());
            shadow.complete();
        });
    }

    @Override
    public void takePlace() {
        calls.run(() -> {
            if (shadow.dependents().isEmpty()) {
                shadow.replace(renames);
            } else {
                shadow.move(quoted(f -> true));
            }
        });
    }

    private List<String> quoted(Predicate<FieldMap.Field> wanted) {
        return lines.fields().fields().stream()
                .filter(wanted)
                .map(f -> f.target().quoted())
                .toList();
    }

    @Override
    public void abort() {
        lines.abort();
    }
}
