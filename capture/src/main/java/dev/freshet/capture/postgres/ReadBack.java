package dev.freshet.capture.postgres;

import dev.freshet.capture.Harm;
import dev.freshet.capture.LogEvent;
import dev.freshet.capture.internal.Session;
import dev.freshet.capture.postgres.table.Identifiers;
import dev.freshet.capture.postgres.table.KeyCondition;
import dev.freshet.capture.postgres.value.TypeCatalog;
import dev.freshet.model.Change;
import dev.freshet.model.Op;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Completes rows of which the log lacks an unchanged large value, by reading the table.
 *
 * <p>Implementation note, why the outcome is never silently wrong. The log lacks a value only if the update left it as it
 * was; every change of the value stands in the log. (1) The table is asked only when the update's transaction is visible
 * to a new snapshot: a commit's record can be read from the log before its effect shows, and the older version's value
 * would never be corrected. (2) What is then read is the value at the update's position or a newer one. If it is newer, a
 * later record of the same key carries it too, so the copy has it early and then again; the change is marked as read back.
 * (3) If the row is not there, a later transaction, or a later message of the same one, has deleted it or changed its key;
 * that message is in the log and gives a delete of this key. The row's newest state is "absent", so a delete is sent here,
 * read back like a newer value would be; the later delete repeats it. Skipping the row instead would leave the copy at a
 * state that is older than its position. (4) If the key was inserted again, the value is that of the newer row, and its
 * insert follows. (5) If the column or table is gone, nothing can be read: the stream is broken at the position.
 *
 * <p>Belongs to the thread that polls.
 */
final class ReadBack implements AutoCloseable {
    private static final String VISIBLE = "SELECT coalesce(bool_and(pg_catalog.pg_visible_in_snapshot(x::xid8,"
            + " pg_catalog.pg_current_snapshot())), true) FROM unnest(?::text[]) AS u(x)";
    private static final String NAME = "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c"
            + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ?";
    private static final String UNDEFINED_COLUMN = "42703";
    private static final String UNDEFINED_TABLE = "42P01";
    private static final String UNDEFINED_FUNCTION = "42883";

    private final Sessions sessions;
    private final TypeCatalog types;
    private @Nullable Connection connection;

    ReadBack(Sessions sessions, TypeCatalog types) {
        this.sessions = sessions;
        this.types = types;
    }

    /** Returns whether every transaction among the rows is visible, so that they can be completed. */
    boolean visible(List<PendingRow> rows) {
        TreeSet<Long> xids = new TreeSet<>();
        rows.forEach(r -> xids.add(r.xid()));
        try (PreparedStatement statement = connection().prepareStatement(VISIBLE)) {
            statement.setArray(
                    1,
                    connection()
                            .createArrayOf(
                                    "text", xids.stream().map(String::valueOf).toArray()));
            try (ResultSet result = statement.executeQuery()) {
                return result.next() && result.getBoolean(1);
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /**
     * Completes rows.
     *
     * @param rows rows whose transactions are visible
     * @return by row, the event that takes its place
     */
    IdentityHashMap<PendingRow, LogEvent> complete(List<PendingRow> rows) {
        IdentityHashMap<RowPlan, List<PendingRow>> byPlan = new IdentityHashMap<>();
        rows.forEach(
                r -> byPlan.computeIfAbsent(r.plan(), p -> new ArrayList<>()).add(r));
        IdentityHashMap<PendingRow, LogEvent> events = new IdentityHashMap<>();
        byPlan.values().forEach(same -> complete(same, events));
        return events;
    }

    private void complete(List<PendingRow> rows, IdentityHashMap<PendingRow, LogEvent> events) {
        PendingRow first = rows.get(0);
        int[] missing = missing(rows, first.plan());
        try {
            String table = table(first.target().entry().oid());
            if (table == null) {
                breakAll(rows, "its table has been dropped", events);
                return;
            }
            Map<Integer, List<Optional<byte[]>>> values = read(rows, table, missing);
            for (int i = 0; i < rows.size(); i++) {
                events.put(rows.get(i), new LogEvent.Row(change(rows.get(i), missing, values.get(i))));
            }
        } catch (SQLException e) {
            String state = SqlErrors.state(e);
            if (state.equals(UNDEFINED_COLUMN) || state.equals(UNDEFINED_TABLE) || state.equals(UNDEFINED_FUNCTION)) {
                breakAll(rows, SqlErrors.text(e), events);
            } else {
                throw failed(e);
            }
        }
    }

    private static void breakAll(List<PendingRow> rows, String why, IdentityHashMap<PendingRow, LogEvent> events) {
        for (PendingRow row : rows) {
            events.put(
                    row,
                    new LogEvent.Broken(
                            row.target().stream(),
                            row.position(),
                            Harm.ROWS,
                            "an unchanged large value that the log does not hold could not be read back from the table ("
                                    + why + "); with REPLICA IDENTITY FULL on the table the log has such values"));
        }
    }

    private static int[] missing(List<PendingRow> rows, RowPlan plan) {
        boolean[] any = new boolean[plan.schema().columns().size()];
        for (PendingRow row : rows) {
            for (int i = 0; i < any.length; i++) {
                any[i] |= row.count()[i] == Tuple.UNCHANGED;
            }
        }
        int[] missing = new int[any.length];
        int n = 0;
        for (int i = 0; i < any.length; i++) {
            if (any[i]) {
                missing[n++] = i;
            }
        }
        return Arrays.copyOf(missing, n);
    }

    private @Nullable String table(long oid) throws SQLException {
        try (PreparedStatement statement = connection().prepareStatement(NAME)) {
            statement.setLong(1, oid);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Identifiers.qualified(row.getString(1), row.getString(2)) : null;
            }
        }
    }

    /** Returns by index of the row the missing columns' texts, each empty for SQL NULL; nothing for a row that is not there. */
    private Map<Integer, List<Optional<byte[]>>> read(List<PendingRow> rows, String table, int[] missing)
            throws SQLException {
        RowPlan plan = rows.get(0).plan();
        int[] key = plan.keyFields();
        Map<Integer, List<Optional<byte[]>>> values = new HashMap<>();
        try (PreparedStatement statement = connection().prepareStatement(query(plan, table, missing))) {
            for (int k = 0; k < key.length; k++) {
                String[] texts = new String[rows.size()];
                for (int i = 0; i < texts.length; i++) {
                    PendingRow row = rows.get(i);
                    texts[i] = Bytes.text(row.message(), row.from()[key[k]], row.from()[key[k]] + row.count()[key[k]]);
                }
                statement.setArray(k + 1, connection().createArrayOf("text", texts));
            }
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    List<Optional<byte[]>> found = new ArrayList<>(missing.length);
                    for (int m = 0; m < missing.length; m++) {
                        found.add(Optional.ofNullable(result.getString(m + 2))
                                .map(text -> text.getBytes(StandardCharsets.UTF_8)));
                    }
                    values.put(result.getInt(1) - 1, found);
                }
            }
        }
        return values;
    }

    private String query(RowPlan plan, String table, int[] missing) {
        StringBuilder sql = new StringBuilder("SELECT u.ord");
        for (int m : missing) {
            sql.append(", t.").append(name(plan, m));
        }
        StringBuilder arrays = new StringBuilder();
        StringBuilder names = new StringBuilder();
        StringBuilder on = new StringBuilder();
        int[] key = plan.keyFields();
        for (int k = 0; k < key.length; k++) {
            arrays.append(k == 0 ? "" : ", ").append("?::text[]");
            names.append('k').append(k).append(", ");
            on.append(k == 0 ? "" : " AND ")
                    .append(KeyCondition.equality(
                            plan.schema().columns().get(key[k]).name(), plan.keyColumn(key[k], types), "u.k" + k));
        }
        return sql.append(" FROM unnest(")
                .append(arrays)
                .append(") WITH ORDINALITY AS u(")
                .append(names)
                .append("ord) JOIN ")
                .append(table)
                .append(" t ON ")
                .append(on)
                .toString();
    }

    private static String name(RowPlan plan, int column) {
        return Identifiers.quoted(plan.schema().columns().get(column).name());
    }

    private static Change change(PendingRow row, int[] missing, @Nullable List<Optional<byte[]>> values) {
        if (values == null) {
            return change(row, Op.DELETE, null);
        }
        int extra = 0;
        for (Optional<byte[]> value : values) {
            extra += value.map(v -> v.length).orElse(0);
        }
        int at = row.message().length;
        byte[] text = Arrays.copyOf(row.message(), at + extra);
        int[] from = row.from().clone();
        int[] count = row.count().clone();
        for (int m = 0; m < missing.length; m++) {
            if (count[missing[m]] != Tuple.UNCHANGED) {
                continue;
            }
            if (values.get(m).isEmpty()) {
                count[missing[m]] = Tuple.NULL;
            } else {
                byte[] value = values.get(m).get();
                System.arraycopy(value, 0, text, at, value.length);
                from[missing[m]] = at;
                count[missing[m]] = value.length;
                at += value.length;
            }
        }
        return change(row, row.op(), row.plan().readBackEncoder().value(text, from, count));
    }

    private static Change change(PendingRow row, Op op, byte @Nullable [] value) {
        return new Change(
                row.target().stream(),
                op,
                row.position(),
                row.committedAt(),
                row.key(),
                value,
                row.plan().version(),
                true);
    }

    private Connection connection() throws SQLException {
        Connection present = connection;
        if (present == null || present.isClosed()) {
            present = sessions.open();
            connection = present;
        }
        return present;
    }

    private RuntimeException failed(SQLException e) {
        close();
        return sessions.failed("unchanged large values could not be read back", e);
    }

    @Override
    public void close() {
        Connection present = connection;
        connection = null;
        Session.closeQuietly(present);
    }
}
