package dev.freshet.replica.postgres.fill;

import dev.freshet.replica.postgres.write.CopyLines;
import dev.freshet.replica.postgres.write.CopyStream;
import dev.freshet.replica.postgres.write.RowText;
import dev.freshet.replica.table.FieldMap;
import dev.freshet.replica.table.TableName;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Versions of rows whose key was perhaps seen before, in a temporary table (which writes no log) in the order in which they
 * came; the last of each key goes into the shadow at the end.
 */
final class PendingRows {
    private static final String TABLE = "pg_temp.freshet_pending";

    private final Connection db;
    private final FieldMap fields;
    private final CopyStream copy;
    private long number;

    private PendingRows(Connection db, FieldMap fields) {
        this.db = db;
        this.fields = fields;
        this.copy = new CopyStream(
                db, "COPY " + TABLE + " (freshet_number, freshet_deleted, " + columns() + ") FROM STDIN");
    }

    /** Creates the table; it goes with the transaction. */
    static PendingRows create(Connection db, FieldMap fields) throws SQLException {
        String columns = fields.fields().stream()
                .map(f -> f.target().quoted() + " " + f.target().type())
                .collect(Collectors.joining(", "));
        Shadow.execute(
                db,
                "CREATE TEMPORARY TABLE freshet_pending (freshet_number bigint, freshet_deleted boolean, " + columns
                        + ") ON COMMIT DROP");
        return new PendingRows(db, fields);
    }

    /** Adds a row, or the key of one that is deleted. */
    void add(RowText row, int[] slots, boolean deleted) throws SQLException {
        number++;
        copy.line().put(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
        copy.line().put('\t');
        copy.line().put(deleted ? 't' : 'f');
        copy.line().put('\t');
        CopyLines.put(copy.line(), row, slots);
        copy.endLine();
    }

    /** Ends a COPY, so that the connection can do something else. */
    void flush() throws SQLException {
        copy.end();
    }

    /** Gives up a COPY that is open. */
    void abort() {
        copy.abort();
    }

    /** Merges the last version of each key into the shadow, whose key is indexed. */
    void mergeInto(TableName shadow) throws SQLException {
        if (number == 0) {
            return;
        }
        List<FieldMap.Field> key =
                fields.fields().stream().filter(FieldMap.Field::key).toList();
        String keys = names(key);
        Shadow.execute(db, "ANALYZE " + TABLE);
        Shadow.execute(
                db,
                "CREATE TEMPORARY TABLE freshet_last ON COMMIT DROP AS SELECT DISTINCT ON (" + keys + ") * FROM "
                        + TABLE + " ORDER BY " + keys + ", freshet_number DESC");
        Shadow.execute(db, "ANALYZE pg_temp.freshet_last");
        String same = key.stream()
                .map(f -> "s." + f.target().quoted() + " = l." + f.target().quoted())
                .collect(Collectors.joining(" AND "));
        // both deletes and new versions replace what COPY wrote; nothing else refers to these rows yet
        try (PreparedStatement s = db.prepareStatement(
                "DELETE FROM " + shadow.quoted() + " s USING pg_temp.freshet_last l WHERE " + same)) {
            s.executeUpdate();
        }
        try (PreparedStatement s = db.prepareStatement("INSERT INTO " + shadow.quoted() + " (" + columns() + ") SELECT "
                + columns() + " FROM pg_temp.freshet_last WHERE NOT freshet_deleted")) {
            s.executeUpdate();
        }
    }

    private String columns() {
        return names(fields.fields());
    }

    private static String names(List<FieldMap.Field> of) {
        return of.stream().map(f -> f.target().quoted()).collect(Collectors.joining(", "));
    }
}
