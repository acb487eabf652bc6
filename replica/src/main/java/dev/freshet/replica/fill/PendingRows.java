package dev.freshet.replica.fill;

import dev.freshet.model.Position;
import dev.freshet.replica.apply.RowText;
import dev.freshet.replica.table.FieldMap;
import dev.freshet.replica.table.TableName;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Versions of rows whose key was perhaps seen before, in a temporary table (which writes no log) in the order in which they
 * came; the last of each key goes into the shadow at the end.
 *
 * <p>A topic that was given more partitions has keys in two of them: where they were, and where they are written now. The
 * relay takes added partitions over only with a new snapshot, which writes every row where it belongs: what stands where it
 * was is older than what stands where it is. Among several places in which a key is not written any more the position decides.
 */
final class PendingRows {
    private static final String TABLE = "pg_temp.freshet_pending";

    private final Connection db;
    private final FieldMap fields;
    private final CopyStream copy;
    private long number;
    private boolean anyLeft;

    private PendingRows(Connection db, FieldMap fields) {
        this.db = db;
        this.fields = fields;
        this.copy = new CopyStream(
                db, "COPY " + TABLE + " (freshet_number, freshet_deleted, freshet_left, " + columns() + ") FROM STDIN");
    }

    /** Creates the table; it goes with the transaction. */
    static PendingRows create(Connection db, FieldMap fields) throws SQLException {
        String columns = fields.fields().stream()
                .map(f -> f.target().quoted() + " " + f.target().type())
                .collect(Collectors.joining(", "));
        Shadow.execute(
                db,
                "CREATE TEMPORARY TABLE freshet_pending (freshet_number bigint, freshet_deleted boolean, freshet_left text"
                        + " COLLATE \"C\", " + columns + ") ON COMMIT DROP");
        return new PendingRows(db, fields);
    }

    /**
     * Adds a row, or the key of one that is deleted.
     *
     * @param left the position if it stands in a partition into which its key is not written any more, else null
     */
    void add(RowText row, int[] slots, boolean deleted, @Nullable Position left) throws SQLException {
        number++;
        anyLeft |= left != null;
        copy.line().put(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
        copy.line().put('\t');
        copy.line().put(deleted ? 't' : 'f');
        copy.line().put('\t');
        copy.line().put((left == null ? "\\N" : left.toString()).getBytes(StandardCharsets.US_ASCII));
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

    /** Returns how many there are. */
    long count() {
        return number;
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
                        + TABLE + " ORDER BY " + keys + ", freshet_left DESC NULLS FIRST, freshet_number DESC");
        Shadow.execute(db, "ANALYZE pg_temp.freshet_last");
        String same = key.stream()
                .map(f -> "s." + f.target().quoted() + " = l." + f.target().quoted())
                .collect(Collectors.joining(" AND "));
        // both deletes and new versions replace what COPY wrote; nothing else refers to these rows yet
        try (PreparedStatement s = db.prepareStatement("DELETE FROM " + shadow.quoted()
                + " s USING pg_temp.freshet_last l WHERE freshet_left IS NULL AND " + same)) {
            s.executeUpdate();
        }
        try (PreparedStatement s = db.prepareStatement("INSERT INTO " + shadow.quoted() + " (" + columns() + ") SELECT "
                + columns() + " FROM pg_temp.freshet_last WHERE NOT freshet_deleted AND freshet_left IS NULL")) {
            s.executeUpdate();
        }
        if (anyLeft) {
            Shadow.execute(
                    db,
                    "INSERT INTO " + shadow.quoted() + " (" + columns() + ") SELECT " + columns()
                            + " FROM pg_temp.freshet_last l WHERE NOT freshet_deleted AND freshet_left IS NOT NULL"
                            + " AND NOT EXISTS (SELECT FROM " + shadow.quoted() + " s WHERE " + same + ")");
        }
    }

    private String columns() {
        return names(fields.fields());
    }

    private static String names(List<FieldMap.Field> of) {
        return of.stream().map(f -> f.target().quoted()).collect(Collectors.joining(", "));
    }
}
