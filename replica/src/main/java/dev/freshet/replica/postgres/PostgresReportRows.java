package dev.freshet.replica.postgres;

import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.copy.CopyState;
import dev.freshet.model.copy.CopyTables;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.replica.port.ReportRows;
import dev.freshet.stream.Freshness;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The freshness rows of one replica, see {@link CopyTables}. */
public final class PostgresReportRows implements ReportRows {
    private static final String LOCK = "SELECT source, clock_timestamp() FROM " + CopyTables.STATE
            + " WHERE replica = ? ORDER BY source FOR UPDATE";

    private static final String ADD = "INSERT INTO " + CopyTables.STATE
            + " (replica, source, complete, reason, changes_behind, epoch, system, timeline, switches, updated_at,"
            + " valid_until) VALUES (?, ?, false, 'The freshness of the copy is being found', 0, 0, '', 1, '',"
            + " clock_timestamp(), clock_timestamp()) ON CONFLICT DO NOTHING";

    private static final String MOVE = "UPDATE " + CopyTables.STATE
            + " SET position = ?, lsn = ?, complete_to = coalesce(?, complete_to)"
            + " WHERE replica = ? AND source = ? AND epoch = ? AND position < ?";

    private final Connection db;
    private final String replica;
    private final Duration valid;
    private final Calls calls;

    /**
     * Creates the rows of a replica; the connection has no auto-commit.
     *
     * @param valid how long a row is valid
     */
    public PostgresReportRows(Connection db, String replica, Duration valid, Calls calls) {
        this.db = db;
        this.replica = replica;
        this.valid = valid;
        this.calls = calls;
    }

    @Override
    public Instant lock(Collection<String> sources) {
        return calls.ask(() -> {
            Map<String, Instant> locked = lockAll();
            if (!locked.keySet().containsAll(sources)) {
                try (PreparedStatement s = db.prepareStatement(ADD)) {
                    for (String source : new TreeSet<>(sources)) {
                        s.setString(1, replica);
                        s.setString(2, source);
                        s.addBatch();
                    }
                    s.executeBatch();
                }
                // a row that is not committed keeps no withdrawal waiting
                db.commit();
                locked = lockAll();
            }
            return locked.values().stream()
                    .min(Instant::compareTo)
                    .orElseThrow(() -> new RetriableException(
                            "The freshness rows of replica '" + replica + "' were removed while it reported"));
        });
    }

    /** Locks the rows, always in the same order; returns by source a time not after that. */
    private Map<String, Instant> lockAll() throws SQLException {
        Map<String, Instant> locked = new HashMap<>();
        try (PreparedStatement s = db.prepareStatement(LOCK)) {
            s.setString(1, replica);
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    locked.put(
                            r.getString(1), r.getObject(2, OffsetDateTime.class).toInstant());
                }
            }
        }
        return locked;
    }

    @Override
    public @Nullable Position valid(String source) {
        try (PreparedStatement s = db.prepareStatement("SELECT position, clock_timestamp() < valid_until FROM "
                + CopyTables.STATE + " WHERE replica = ? AND source = ?")) {
            s.setString(1, replica);
            s.setString(2, source);
            try (ResultSet r = s.executeQuery()) {
                return r.next() && r.getString(1) != null && r.getBoolean(2) ? Position.parse(r.getString(1)) : null;
            }
        } catch (SQLException e) {
            throw calls.refused(e);
        }
    }

    @Override
    public void write(String source, Freshness f, CopyState state, Instant asOf) {
        calls.run(() -> {
            try (PreparedStatement s = db.prepareStatement(CopyTables.UPSERT)) {
                s.setString(1, replica);
                s.setString(2, source);
                s.setBoolean(3, f.complete());
                s.setString(4, f.why() == null ? null : f.why().text());
                s.setObject(
                        5,
                        f.completeTo() == null ? null : f.completeTo().atOffset(ZoneOffset.UTC),
                        Types.TIMESTAMP_WITH_TIMEZONE);
                s.setLong(6, f.changesBehind());
                s.setInt(7, state.epoch());
                s.setString(8, f.position() == null ? null : f.position().toString());
                s.setObject(9, f.position() == null ? null : f.position().lsn(), Types.BIGINT);
                s.setString(10, state.system());
                s.setLong(11, state.timeline());
                s.setString(12, state.switchesText());
                CopyState.Failure failure = state.failure();
                s.setObject(13, failure == null ? null : failure.lsn(), Types.BIGINT);
                s.setString(14, failure == null ? null : failure.reason());
                s.setObject(15, asOf.plus(valid).atOffset(ZoneOffset.UTC));
                s.executeUpdate();
            }
        });
    }

    @Override
    public void move(String source, Boundary to) {
        calls.run(() -> {
            try (PreparedStatement s = db.prepareStatement(MOVE)) {
                s.setString(1, to.position().toString());
                s.setLong(2, to.position().lsn());
                s.setObject(
                        3,
                        to.completeTo() == null ? null : to.completeTo().atOffset(ZoneOffset.UTC),
                        Types.TIMESTAMP_WITH_TIMEZONE);
                s.setString(4, replica);
                s.setString(5, source);
                s.setInt(6, to.position().epoch());
                s.setString(7, to.position().toString());
                s.executeUpdate();
            }
        });
    }

    @Override
    public void withdrawOthers(Collection<String> known, String reason, Instant asOf) {
        calls.run(() -> {
            try (PreparedStatement s =
                    db.prepareStatement("UPDATE " + CopyTables.STATE + " SET complete = false, reason = ?,"
                            + " position = NULL, lsn = NULL, complete_to = NULL, updated_at = clock_timestamp(), valid_until = ?"
                            + " WHERE replica = ? AND source <> ALL (?)")) {
                s.setString(1, reason);
                s.setObject(2, asOf.plus(valid).atOffset(ZoneOffset.UTC));
                s.setString(3, replica);
                s.setArray(4, db.createArrayOf("text", known.toArray()));
                s.executeUpdate();
            }
        });
    }

    @Override
    public void withdraw(String reason, boolean anew) {
        calls.run(() -> {
            lockAll();
            try (PreparedStatement s = db.prepareStatement("UPDATE freshet.copy_state SET complete = false, reason = ?"
                    + (anew ? ", position = NULL, lsn = NULL, complete_to = NULL" : "")
                    + " WHERE replica = ?")) {
                s.setString(1, reason);
                s.setString(2, replica);
                s.executeUpdate();
            }
        });
    }

    @Override
    public void withdrawBefore(int epoch, String reason) {
        calls.run(() -> {
            lockAll();
            try (PreparedStatement s = db.prepareStatement(
                    "UPDATE " + CopyTables.STATE + " SET complete = false,"
                            + " reason = ?, position = NULL, lsn = NULL, complete_to = NULL WHERE replica = ? AND position < ?")) {
                s.setString(1, reason);
                s.setString(2, replica);
                s.setString(3, Position.boundary(epoch, 0).toString());
                s.executeUpdate();
            }
        });
    }
}
