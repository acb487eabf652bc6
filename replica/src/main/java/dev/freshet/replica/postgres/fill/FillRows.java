package dev.freshet.replica.postgres.fill;

import dev.freshet.model.RetriableException;
import dev.freshet.model.json.JsonException;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.RecordException;
import dev.freshet.replica.port.SchemaSource;
import dev.freshet.replica.postgres.DbErrors;
import dev.freshet.replica.postgres.write.CopyLines;
import dev.freshet.replica.postgres.write.CopyStream;
import dev.freshet.replica.postgres.write.RowPlan;
import dev.freshet.replica.postgres.write.RowText;
import dev.freshet.replica.table.FieldMap;
import dev.freshet.replica.table.TableName;
import dev.freshet.stream.MissingSchemaException;
import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.postgresql.util.PSQLException;

/**
 * Turns the records of a fill into lines of COPY. Each version of the schema has its own way into the columns of the newest;
 * a column that a version does not have is null.
 */
final class FillRows {
    private static final Pattern LINE = Pattern.compile("line (\\d+)");

    private final StreamTarget target;
    private final FieldMap fields;
    private final SchemaSource schemas;
    private final PendingRows pending;
    private final boolean restartOnChange;
    private final String newest;
    private final CopyStream copy;
    private final Map<String, Way> ways = new HashMap<>();
    private final RowText row = new RowText();
    private Partition[] partitions = new Partition[1024];
    private long[] offsets = new long[1024];
    private int piece;

    /** How one version's values come into the columns. */
    private static final class Way {
        final RowPlan plan;
        final int[] slots;

        Way(RowPlan plan, int[] slots) {
            this.plan = plan;
            this.slots = slots;
        }
    }

    FillRows(
            Connection db,
            StreamTarget target,
            FieldMap fields,
            SchemaSource schemas,
            TableName shadow,
            PendingRows pending,
            boolean restartOnChange) {
        this.target = target;
        this.fields = fields;
        this.schemas = schemas;
        this.pending = pending;
        this.restartOnChange = restartOnChange;
        this.newest = fields.version();
        this.copy = new CopyStream(
                db,
                "COPY " + shadow.quoted() + " ("
                        + fields.fields().stream().map(f -> f.target().quoted()).collect(Collectors.joining(", "))
                        + ") FROM STDIN WITH (FREEZE)");
    }

    FieldMap fields() {
        return fields;
    }

    /** Copies a row whose key was not seen before. */
    void put(StreamRecord r) throws SQLException, InterruptedException {
        Way way = read(r);
        if (piece == offsets.length) {
            partitions = Arrays.copyOf(partitions, 2 * piece);
            offsets = Arrays.copyOf(offsets, 2 * piece);
        }
        partitions[piece] = r.partition();
        offsets[piece++] = r.offset();
        CopyLines.put(copy.line(), row, way.slots);
        try {
            copy.endLine();
        } catch (SQLException e) {
            throw named(e);
        }
    }

    /** Adds a row, or the deletion of one, whose key was perhaps seen; no COPY into the shadow is open. */
    void putPending(StreamRecord r) throws SQLException, InterruptedException {
        Way way = read(r);
        pending.add(row, way.slots, r.value() == null);
    }

    private Way read(StreamRecord r) throws InterruptedException {
        Way way = ways.get(r.schemaVersion());
        if (way == null) {
            way = way(r);
            ways.put(r.schemaVersion(), way);
        }
        byte[] value = r.value();
        try {
            if (value == null) {
                row.readKey(way.plan, r.key());
            } else {
                row.readValue(way.plan, value);
            }
        } catch (JsonException e) {
            throw RecordException.undecodable(r, e);
        }
        return way;
    }

    private Way way(StreamRecord r) throws InterruptedException {
        String version = r.schemaVersion();
        SchemaRecord schema;
        try {
            schema = schemas.schema(target.topic(), version);
        } catch (MissingSchemaException e) {
            throw new RecordException(r, String.valueOf(e.getMessage()), e);
        }
        if (restartOnChange && !version.equals(newest) && version.equals(schemas.newestVersion(target.topic()))) {
            throw new RetriableException("The schema of stream '" + target.stream() + "' has changed while "
                    + target.table() + " was filled: the fill begins again");
        }
        if (!schema.key().equals(fields.schema().key())) {
            throw new RecordException(
                    r,
                    "Stream '" + target.stream() + "' had the key " + schema.key() + " in its schema "
                            + version + " and has " + fields.schema().key()
                            + " now: records of both stand in its topic; have it snapshotted into a new one",
                    null);
        }
        List<FieldMap.Field> known = new ArrayList<>();
        int[] slots = new int[fields.fields().size()];
        Arrays.fill(slots, -1);
        for (int i = 0; i < slots.length; i++) {
            FieldMap.Field field = fields.fields().get(i);
            for (var column : schema.columns()) {
                if (column.name().equals(field.source().name())) {
                    slots[i] = known.size();
                    known.add(new FieldMap.Field(column, field.target(), field.key()));
                }
            }
        }
        return new Way(new RowPlan(new FieldMap(schema, version, known)), slots);
    }

    /** Ends the COPY into the shadow, if one is open. */
    void end() throws SQLException {
        try {
            copy.end();
        } catch (SQLException e) {
            throw named(e);
        }
        piece = 0;
    }

    /** Gives up the COPY that is open. */
    void abort() {
        copy.abort();
        pending.abort();
    }

    /** The server names the line of the COPY, which tells the record. */
    private SQLException named(SQLException e) {
        String where = e instanceof PSQLException p && p.getServerErrorMessage() != null
                ? p.getServerErrorMessage().getWhere()
                : null;
        Matcher m = LINE.matcher(where == null ? "" : where);
        if (!DbErrors.passing(e) && m.find()) {
            int line = Integer.parseInt(m.group(1)) - 1;
            if (line >= 0 && line < piece) {
                throw new RecordException(
                        partitions[line],
                        offsets[line],
                        DbErrors.describe(e, false),
                        DbErrors.isOfTheRow(e) ? new RecordException.Fault(DbErrors.state(e)) : null,
                        e);
            }
        }
        return e;
    }
}
