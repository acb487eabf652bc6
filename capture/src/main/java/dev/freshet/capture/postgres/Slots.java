package dev.freshet.capture.postgres;

import dev.freshet.capture.SlotState;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.DurationText;
import dev.freshet.model.LossException;
import dev.freshet.model.Lsn;
import dev.freshet.model.RetriableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The source's replication slot, over a connection that each method is given. */
final class Slots {
    /** The server's own output plugin. */
    static final String PLUGIN = "pgoutput";

    private static final int HAS_CONFLICTING = 16;
    private static final int HAS_INVALIDATION_REASON = 17;

    private static final long RELEASE_NANOS = 10_000_000_000L;
    private static final long RECHECK_NANOS = 20_000_000L;

    private final PostgresSettings settings;

    Slots(PostgresSettings settings) {
        this.settings = settings;
    }

    /** Returns the slot, or empty if there is none of its name. */
    Optional<SlotState> find(Connection connection) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        String why = version >= HAS_INVALIDATION_REASON
                ? "coalesce(invalidation_reason, CASE WHEN wal_status = 'lost' THEN 'wal_removed' END)"
                : version >= HAS_CONFLICTING
                        ? "CASE WHEN wal_status = 'lost' THEN 'wal_removed' WHEN conflicting THEN 'conflicting' END"
                        : "CASE WHEN wal_status = 'lost' THEN 'wal_removed' END";
        String sql = "SELECT plugin, database, confirmed_flush_lsn, restart_lsn, active_pid, " + why
                + ", coalesce(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn), 0)::bigint"
                + " FROM pg_catalog.pg_replication_slots WHERE slot_name = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, settings.slot());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(state(row)) : Optional.empty();
            }
        }
    }

    private SlotState state(ResultSet row) throws SQLException {
        String confirmed = row.getString(3);
        String restart = row.getString(4);
        int pid = row.getInt(5);
        boolean active = !row.wasNull();
        return new SlotState(
                settings.slot(),
                orEmpty(row.getString(1)),
                orEmpty(row.getString(2)),
                confirmed == null ? 0 : Lsn.parse(confirmed),
                restart == null ? null : Lsn.parse(restart),
                active ? pid : null,
                row.getString(6),
                Math.max(0, row.getLong(7)));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** Makes the slot and returns the LSN from which it holds everything. */
    long create(Connection connection) throws SQLException {
        boolean failover = settings.failoverSlot()
                && connection.getMetaData().getDatabaseMajorVersion() >= HAS_INVALIDATION_REASON;
        String sql = "SELECT lsn FROM pg_catalog.pg_create_logical_replication_slot(?, '" + PLUGIN + "', false, false"
                + (failover ? ", true)" : ")");
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, settings.slot());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("The server made a slot and returned nothing");
                }
                return Lsn.parse(row.getString(1));
            }
        } catch (SQLException e) {
            String state = SqlErrors.state(e);
            if (state.equals(SqlErrors.DUPLICATE)) {
                throw new ConfigurationException(
                        named()
                                + " exists already; it was not made again, since what it holds may be of use to somebody"
                                + ". Set another 'slot', or drop it with pg_drop_replication_slot if nobody needs it",
                        e);
            }
            if (state.equals("53400")) {
                throw new ConfigurationException(
                        named() + " could not be made: all slots of the server are taken; raise max_replication_slots",
                        e);
            }
            if (state.equals(SqlErrors.CANCELLED)) {
                throw new RetriableException(
                        named() + " could not be made within " + DurationText.of(settings.statementTimeout())
                                + ": the server waits for every transaction that was open when it began; end those that"
                                + " pg_stat_activity shows as oldest (xact_start)",
                        e);
            }
            throw e;
        }
    }

    /** Ends the server process that reads the slot, if it still is that one. */
    void terminateReader(Connection connection, int pid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT pg_catalog.pg_terminate_backend(active_pid) FROM pg_catalog.pg_replication_slots"
                        + " WHERE slot_name = ? AND active_pid = ?")) {
            statement.setString(1, settings.slot());
            statement.setInt(2, pid);
            statement.execute();
        }
    }

    /** Drops the slot if it is there, and ends whoever reads it. */
    void drop(Connection connection) throws SQLException {
        Optional<SlotState> slot = find(connection);
        if (slot.isEmpty()) {
            return;
        }
        requireOurs(slot.get(), connection.getCatalog());
        long until = System.nanoTime() + RELEASE_NANOS;
        while (slot.isPresent() && slot.get().activePid() != null) {
            if (System.nanoTime() > until) {
                throw inUse(slot.get().activePid());
            }
            terminateReader(connection, slot.get().activePid());
            LockSupport.parkNanos(this, RECHECK_NANOS);
            slot = find(connection);
        }
        if (slot.isPresent()) {
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT pg_catalog.pg_drop_replication_slot(?)")) {
                statement.setString(1, settings.slot());
                statement.execute();
            }
        }
    }

    /**
     * Checks that the log can be read from the slot without a gap.
     *
     * @param startLsn where the reading is to start
     * @throws LossException if it cannot, which tells what has become of the slot, without a full stop
     * @throws ConfigurationException if the slot is not one of ours
     * @throws RetriableException if another process reads it
     */
    void requireReadable(Connection connection, long startLsn) throws SQLException {
        requireReadable(connection, startLsn, true);
    }

    /** The same for a log that was open already: its slot may be confirmed further, and its own reader still be there. */
    void requireReadable(Connection connection, long startLsn, boolean opening) throws SQLException {
        Optional<SlotState> found = find(connection);
        if (found.isEmpty()) {
            throw lost("is not there any more: it was dropped, or the server was restored or replaced");
        }
        SlotState slot = found.get();
        if (opening) {
            requireOurs(slot, connection.getCatalog());
        } else if (!slot.plugin().equals(PLUGIN) || !slot.database().equals(connection.getCatalog())) {
            throw lost("was dropped and made again by another program (plugin '" + slot.plugin() + "', database '"
                    + slot.database() + "')");
        }
        if (slot.lost() != null || slot.restartLsn() == null) {
            throw lost("was invalidated by the server (" + (slot.lost() == null ? "wal_removed" : slot.lost()) + ")");
        }
        if (opening && slot.confirmedLsn() > startLsn) {
            throw lost("was confirmed up to " + Lsn.format(slot.confirmedLsn())
                    + ", which is beyond the cursor at " + Lsn.format(startLsn) + ": somebody else has read it, and the"
                    + " server would silently skip what committed from " + Lsn.format(startLsn) + " to "
                    + Lsn.format(slot.confirmedLsn()));
        }
        if (opening && slot.activePid() != null) {
            throw inUse(slot.activePid());
        }
    }

    /** Checks that the slot is not another program's. */
    void requireOurs(SlotState slot, String database) {
        if (!slot.plugin().equals(PLUGIN)) {
            throw new ConfigurationException(named() + " belongs to another program: its plugin is '" + slot.plugin()
                    + "', not '" + PLUGIN + "'. Freshet does not touch it; set another 'slot'");
        }
        if (!slot.database().equals(database)) {
            throw new ConfigurationException(
                    named() + " belongs to database '" + slot.database() + "', but the url names '" + database
                            + "'. Freshet does not touch it; mend 'url' or set another 'slot'");
        }
    }

    RetriableException inUse(int pid) {
        return new RetriableException(named() + " is read by the server process " + pid
                + " already; Freshet tries again. If that is not another instance of Freshet, find out with"
                + " SELECT * FROM pg_stat_activity WHERE pid = " + pid);
    }

    private LossException lost(String what) {
        return new LossException(named() + " " + what);
    }

    private String named() {
        return "The replication slot '" + settings.slot() + "' of source '" + settings.source() + "'";
    }
}
