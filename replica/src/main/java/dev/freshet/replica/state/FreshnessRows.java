package dev.freshet.replica.state;

import dev.freshet.model.Position;
import dev.freshet.model.copy.CopyState;
import dev.freshet.model.copy.CopyTables;
import dev.freshet.stream.Freshness;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** The freshness rows of one replica, see {@link CopyTables}; within the caller's transactions. */
public final class FreshnessRows {
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
     * Lets a session's commits return before they are on disk: what a report says was proven from rows that are, and the next
     * one comes soon.
     */
    public void relax(Connection db) throws SQLException {
        try (Statement s = db.createStatement()) {
            s.execute("SET synchronous_commit = off");
        }
        db.commit();
    }

    /**
     * Writes a row; a report that another instance made of a later state stays.
     *
     * @return whether it was written
     */
    public boolean write(Connection db, String source, Freshness f) throws SQLException {
        CopyState state = f.state();
        if (state == null) {
            // before the ledger was read there is no system to speak of
            return false;
        }
        if (f.position() != null && isOlder(db, source, f.position())) {
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
            s.setLong(15, valid.toMillis());
            s.executeUpdate();
        }
        return true;
    }

    private static @Nullable String text(@Nullable Position position) {
        return position == null ? null : position.toString();
    }

    private boolean isOlder(Connection db, String source, Position position) throws SQLException {
        try (PreparedStatement s = db.prepareStatement("SELECT position, clock_timestamp() < valid_until FROM "
                + CopyTables.STATE + " WHERE replica = ? AND source = ? FOR UPDATE")) {
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
