package dev.freshet.replica.state;

import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.copy.CopyState;
import dev.freshet.model.copy.CopyTables;
import dev.freshet.stream.Freshness;
import dev.freshet.stream.NotComplete;
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

/**
 * The freshness rows of one replica, see {@link CopyTables}; within the caller's transactions.
 *
 * <p>A report and a withdrawal must not cross: one that has read that nothing is wrong would write {@code complete} over a
 * withdrawal that was committed meanwhile. So a report locks the rows before it reads anything, and a withdrawal ({@link
 * StreamRows#withdraw}) locks them last, when it has written what it withdraws for. Whoever holds other rows may wait for
 * these; whoever holds these waits for none.
 */
public final class FreshnessRows {
    private static final String LOCK = "SELECT source, clock_timestamp() FROM " + CopyTables.STATE
            + " WHERE replica = ? ORDER BY source FOR UPDATE";

    private static final String ADD = "INSERT INTO " + CopyTables.STATE
            + " (replica, source, complete, reason, changes_behind, epoch, system, timeline, switches, updated_at,"
            + " valid_until) VALUES (?, ?, false, 'The freshness of the copy is being found', 0, 0, '', 1, '',"
            + " clock_timestamp(), clock_timestamp()) ON CONFLICT DO NOTHING";

    private final String replica;
    private final Duration valid;

    /**
     * Creates the rows' keeper.
     *
     * @param replica the replica's name
     * @param valid how long a row is valid
     */
    public FreshnessRows(String replica, Duration valid) {
        this.replica = replica;
        this.valid = valid;
    }

    /**
     * Locks the replica's rows until the transaction's end, those of missing sources being made first. What is read
     * afterwards cannot be withdrawn before the caller has committed.
     *
     * @return a time by the database's clock, not after the lock was granted
     */
    public Instant lock(Connection db, Collection<String> sources) throws SQLException {
        Map<String, Instant> locked = lock(db, replica);
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
            locked = lock(db, replica);
        }
        return locked.values().stream()
                .min(Instant::compareTo)
                .orElseThrow(() -> new RetriableException(
                        "The freshness rows of replica '" + replica + "' were removed while it reported"));
    }

    /** Locks a replica's rows, always in the same order; returns by source a time not after that. */
    static Map<String, Instant> lock(Connection db, String replica) throws SQLException {
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

    /**
     * Writes a row; a report that another instance made of a later state stays, unless this one tells that a stream is broken
     * or stopped, which may have happened further back.
     *
     * @param db a connection whose transaction holds the rows' {@link #lock}
     * @param asOf a time before all that was read for the report, by the database's clock: it is valid from then on
     * @return whether it was written
     */
    public boolean write(Connection db, String source, Freshness f, Instant asOf) throws SQLException {
        CopyState state = f.state();
        if (state == null) {
            // before the ledger was read there is no system to speak of
            return false;
        }
        if (f.position() != null && !tellsOfAnEnd(f) && isOlder(db, source, f.position())) {
            return false;
        }
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
            s.setString(8, text(f.position()));
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
        return true;
    }

    /**
     * Takes {@code complete} and the position from the rows of sources of which nothing can be found out, and says why.
     *
     * @param db a connection whose transaction holds the rows' {@link #lock}
     * @param known the sources whose rows are written otherwise
     * @param asOf as for {@link #write}
     */
    public void withdrawOthers(Connection db, Collection<String> known, String reason, Instant asOf)
            throws SQLException {
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
    }

    private static @Nullable String text(@Nullable Position position) {
        return position == null ? null : position.toString();
    }

    private static boolean tellsOfAnEnd(Freshness f) {
        NotComplete why = f.why();
        return why != null && (why.cause() == NotComplete.Cause.BROKEN || why.cause() == NotComplete.Cause.STOPPED);
    }

    private boolean isOlder(Connection db, String source, Position position) throws SQLException {
        try (PreparedStatement s = db.prepareStatement("SELECT position, clock_timestamp() < valid_until FROM "
                + CopyTables.STATE + " WHERE replica = ? AND source = ?")) {
            s.setString(1, replica);
            s.setString(2, source);
            try (ResultSet r = s.executeQuery()) {
                return r.next()
                        && r.getString(1) != null
                        && r.getBoolean(2)
                        && r.getString(1).compareTo(position.toString()) > 0;
            }
        }
    }
}
