package dev.freshet.capture.postgres;

import dev.freshet.capture.OutboxCleaner;
import dev.freshet.capture.OutboxReader;
import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.OutboxSnapshot;
import dev.freshet.capture.internal.OutboxRow;
import dev.freshet.capture.internal.Session;
import dev.freshet.model.Lsn;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.OutboxColumn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the outbox table on a connection of its own, which is opened anew after an error. */
final class PostgresOutbox implements OutboxReader, OutboxCleaner {
    private static final UUID FIRST = EventIds.least(Instant.EPOCH);

    private static final int PARTITIONS_AHEAD = 3;

    /** The schema of the table, for SQL, in which its function is too. */
    private static final String SCHEMA =
            "SELECT relnamespace::regnamespace::text FROM pg_catalog.pg_class WHERE oid = ?::regclass";

    private static final String ROLL = ".freshet_outbox_roll(?::pg_snapshot, ?::interval, ?::interval, ?)";

    /** Whether the function may be called, its schema, whether it is there, and the role. */
    private static final String MAY_ROLL =
            "SELECT coalesce(pg_catalog.has_function_privilege(p.oid, 'EXECUTE'), false), c.relnamespace::regnamespace::text,"
                    + " p.oid IS NOT NULL, current_user FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_proc p"
                    + " ON p.pronamespace = c.relnamespace AND p.proname = 'freshet_outbox_roll'"
                    + " AND pg_catalog.oidvectortypes(p.proargtypes) = 'pg_snapshot, interval, interval, integer'"
                    + " WHERE c.oid = pg_catalog.to_regclass(?)";

    private final Session session;
    private final String table;
    private final String select;

    /**
     * Creates a reader; nothing is connected before the first question.
     *
     * @param table the table's name for SQL
     */
    PostgresOutbox(Sessions sessions, String table) {
        this.session = new Session(sessions::open, sessions::failed);
        this.table = table;
        this.select = "SELECT " + String.join(", ", OutboxColumn.names()) + " FROM " + table
                + " WHERE (stream = ANY (?)) <> ? AND pg_catalog.pg_visible_in_snapshot(txid, ?::pg_catalog.pg_snapshot) AND id > ?"
                + " ORDER BY id LIMIT ?";
    }

    @Override
    public long allotTransactionId() {
        return session.ask("a transaction id could not be allotted", c -> {
            try (Statement statement = c.createStatement();
                    ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_current_xact_id()::text")) {
                row.next();
                return Long.parseUnsignedLong(row.getString(1));
            }
        });
    }

    @Override
    public OutboxSnapshot snapshot() {
        return session.ask("the outbox's snapshot could not be taken", c -> {
            String text = snapshotText(c);
            // asked afterwards, so that it stands behind all that the snapshot shows
            try (Statement statement = c.createStatement();
                    ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_current_wal_insert_lsn(),"
                            + " pg_catalog.current_setting('wal_block_size')::int")) {
                row.next();
                return new OutboxSnapshot(text, Lsn.normalise(Lsn.parse(row.getString(1)), row.getInt(2)));
            }
        });
    }

    @Override
    public List<Row> read(Part part, OutboxSnapshot snapshot, @Nullable UUID after, int most) {
        return session.ask("the outbox table could not be read", c -> {
            try (PreparedStatement statement = c.prepareStatement(select)) {
                statement.setArray(1, c.createArrayOf("text", part.streams().toArray()));
                statement.setBoolean(2, part.others());
                statement.setString(3, snapshot.text());
                statement.setObject(4, after == null ? FIRST : after);
                statement.setInt(5, most);
                List<Row> rows = new ArrayList<>();
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        rows.add(OutboxRow.read(row));
                    }
                }
                return rows;
            }
        });
    }

    @Override
    public int clear(OutboxSnapshot sent, OutboxRetention retention) {
        return session.ask(
                "the outbox table could not be cleared (freshet_outbox_roll, which its migration makes)",
                c -> roll(c, table, sent, retention));
    }

    /** Returns what the database shows now, as PostgreSQL writes it. */
    static String snapshotText(Connection c) throws SQLException {
        try (Statement statement = c.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_current_snapshot()::text")) {
            row.next();
            return row.getString(1);
        }
    }

    /** Drops the partitions that are over, and makes those to come; returns how many were dropped. */
    static int roll(Connection c, String table, OutboxSnapshot sent, OutboxRetention retention) throws SQLException {
        String schema;
        try (PreparedStatement statement = c.prepareStatement(SCHEMA)) {
            statement.setString(1, table);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                schema = row.getString(1);
            }
        }
        try (PreparedStatement statement = c.prepareStatement("SELECT " + schema + ROLL)) {
            statement.setString(1, sent.text());
            statement.setString(2, retention.keep().map(Duration::toString).orElse(null));
            statement.setString(3, retention.partition().toString());
            statement.setInt(4, PARTITIONS_AHEAD);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    @Override
    public Optional<String> problem() {
        return session.ask("the rights to clear the outbox table could not be read", c -> clearingProblem(c, table));
    }

    /** Returns what {@link #problem} does, over a connection. */
    static Optional<String> clearingProblem(Connection c, String table) throws SQLException {
        try (PreparedStatement statement = c.prepareStatement(MAY_ROLL)) {
            statement.setString(1, table);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next() || row.getBoolean(1)) {
                    return Optional.empty();
                }
                String schema = row.getString(2);
                return Optional.of(
                        "Table '" + table + "': "
                                + (row.getBoolean(3)
                                        ? "the role '" + row.getString(4)
                                                + "' may not clear it; GRANT EXECUTE ON FUNCTION " + schema
                                                + ".freshet_outbox_roll TO \"" + row.getString(4) + '"'
                                        : "there is no function " + schema
                                                + ".freshet_outbox_roll to clear it; run all of the migration of freshet-outbox"));
            }
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
