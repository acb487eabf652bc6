package dev.freshet.replica.postgres.write;

import dev.freshet.replica.table.TableName;
import dev.freshet.replica.table.TargetColumn;
import dev.freshet.stream.StreamRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes rows of one version of a stream's schema into the copy's table: each batch is one statement with an array a column,
 * and a COPY for rows that are new to the table, which costs the server less than half as much.
 *
 * <p>The values travel as text and are cast by the server to the column's own type without its modifier; so enums, domains'
 * base types and composites work, and a value that is too long is refused and not cut. The key's columns are never set by
 * an update, since that would cost index writes.
 */
final class TableWriter implements AutoCloseable {
    private static final Set<String> CHEAPLY_SORTED = Set.of(
            "pg_catalog.int2",
            "pg_catalog.int4",
            "pg_catalog.int8",
            "pg_catalog.uuid",
            "pg_catalog.date",
            "pg_catalog.timestamp",
            "pg_catalog.timestamptz");

    private final RowPlan plan;
    private final PreparedStatement upsert;
    private final PreparedStatement delete;
    private final CopyStream copy;
    private final int[] slots;
    private final List<StreamRecord> created = new ArrayList<>();
    private final List<ColumnBuffer> values = new ArrayList<>();
    private final List<ColumnBuffer> keys = new ArrayList<>();
    private int rows;
    private int deleted;

    TableWriter(Connection db, TableName table, RowPlan plan) throws SQLException {
        this.plan = plan;
        this.upsert = db.prepareStatement(upsertSql(table, plan));
        this.delete = db.prepareStatement(deleteSql(table, plan));
        this.copy = new CopyStream(db, copySql(table, plan));
        this.slots = IntStream.range(0, plan.slots()).toArray();
        for (int i = 0; i < plan.slots(); i++) {
            values.add(new ColumnBuffer());
        }
        for (int i = 0; i < plan.keySlots().length; i++) {
            keys.add(new ColumnBuffer());
        }
    }

    static String upsertSql(TableName table, RowPlan plan) {
        int n = plan.slots();
        List<Integer> key = IntStream.of(plan.keySlots()).boxed().toList();
        String sets = IntStream.range(0, n)
                .filter(i -> !key.contains(i))
                .mapToObj(i -> plan.target(i).quoted() + " = excluded."
                        + plan.target(i).quoted())
                .collect(Collectors.joining(", "));
        return "INSERT INTO " + table.quoted() + " ("
                + list(n, i -> plan.target(i).quoted()) + ") SELECT "
                + list(n, i -> cast("u.c" + i, plan.target(i))) + " FROM unnest(" + list(n, i -> "?::text[]")
                + ") AS u ("
                + list(n, i -> "c" + i) + ")" + order(plan) + " ON CONFLICT ("
                + key.stream().map(i -> plan.target(i).quoted()).collect(Collectors.joining(", ")) + ") DO "
                + (sets.isEmpty() ? "NOTHING" : "UPDATE SET " + sets);
    }

    /** In the key's order the same pages of table and index are met once; where sorting is cheap, that pays. */
    private static String order(RowPlan plan) {
        List<String> by = new ArrayList<>();
        for (int slot : plan.keySlots()) {
            if (!CHEAPLY_SORTED.contains(plan.target(slot).castType())) {
                break;
            }
            by.add(Integer.toString(slot + 1));
        }
        return by.isEmpty() ? "" : " ORDER BY " + String.join(", ", by);
    }

    static String deleteSql(TableName table, RowPlan plan) {
        int[] key = plan.keySlots();
        String matches = IntStream.range(0, key.length)
                .mapToObj(i -> "t." + plan.target(key[i]).quoted() + " = " + cast("u.c" + i, plan.target(key[i])))
                .collect(Collectors.joining(" AND "));
        return "DELETE FROM " + table.quoted() + " AS t USING unnest(" + list(key.length, i -> "?::text[]") + ") AS u ("
                + list(key.length, i -> "c" + i) + ") WHERE " + matches;
    }

    static String copySql(TableName table, RowPlan plan) {
        return "COPY " + table.quoted() + " ("
                + list(plan.slots(), i -> plan.target(i).quoted()) + ") FROM STDIN";
    }

    private static String cast(String expression, TargetColumn column) {
        return column.castType().equals("pg_catalog.text") ? expression : expression + "::" + column.castType();
    }

    private static String list(int n, IntFunction<String> item) {
        return IntStream.range(0, n).mapToObj(item).collect(Collectors.joining(", "));
    }

    RowPlan plan() {
        return plan;
    }

    /** Adds a row to the batch; a batch has each key once, among rows and deletes together. */
    void addRow(RowText row) {
        for (int i = 0; i < values.size(); i++) {
            values.get(i).add(row, i);
        }
        rows++;
    }

    /** Adds a key whose row is to be deleted. */
    void addDelete(RowText key) {
        int[] slots = plan.keySlots();
        for (int i = 0; i < slots.length; i++) {
            keys.get(i).add(key, slots[i]);
        }
        deleted++;
    }

    /** Adds a record whose row is new to the table, and which is not read yet. */
    void addCreated(StreamRecord r) {
        created.add(r);
    }

    /** Returns the records of rows that are new to the table. */
    List<StreamRecord> created() {
        return created;
    }

    /** Forgets the batch. */
    void clear() {
        created.clear();
        values.forEach(ColumnBuffer::clear);
        keys.forEach(ColumnBuffer::clear);
        rows = 0;
        deleted = 0;
    }

    /** Sends the batch within the caller's transaction. */
    void write() throws SQLException {
        if (deleted > 0) {
            execute(delete, keys);
        }
        if (rows > 0) {
            execute(upsert, values);
        }
    }

    /** Adds a row to a COPY within the caller's transaction, after {@link #write}. */
    void copy(RowText row) throws SQLException {
        CopyLines.put(copy.line(), row, slots);
        copy.endLine();
    }

    /** Ends the COPY, if there is one. */
    void endCopy() throws SQLException {
        copy.end();
    }

    /** Gives up a COPY that is open; the transaction cannot go on then. */
    void abortCopy() {
        copy.abort();
    }

    private static void execute(PreparedStatement statement, List<ColumnBuffer> columns) throws SQLException {
        for (int i = 0; i < columns.size(); i++) {
            statement.setObject(i + 1, columns.get(i));
        }
        statement.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
        try (upsert;
                delete) {
            clear();
        }
    }
}
