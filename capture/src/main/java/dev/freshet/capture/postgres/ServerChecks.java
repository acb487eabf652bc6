package dev.freshet.capture.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks what the server and the role must allow before anything can be captured. */
final class ServerChecks {
    private static final Logger LOG = LoggerFactory.getLogger(ServerChecks.class);
    private static final int OLDEST = 14;
    private static final int NEWEST = 18;
    private static final String SELECT = "SELECT current_setting('wal_level'), pg_catalog.pg_is_in_recovery(),"
            + " current_setting('max_replication_slots')::int,"
            + " (SELECT count(*) FROM pg_catalog.pg_replication_slots)::int,"
            + " (SELECT rolreplication OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)"
            // a managed service gives the right by membership in a role of its own
            + " OR EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'rds_replication'"
            + " AND pg_catalog.pg_has_role(oid, 'USAGE')), current_user";

    private final PostgresSettings settings;

    ServerChecks(PostgresSettings settings) {
        this.settings = settings;
    }

    /** Adds what stands against the server, a sentence each that names the way out. */
    void check(Connection connection, boolean slotExists, Problems problems) throws SQLException {
        String source = "Source '" + settings.source() + "': ";
        int version = connection.getMetaData().getDatabaseMajorVersion();
        if (version < OLDEST) {
            problems.add(source + "the server is PostgreSQL " + version + "; " + OLDEST + " to " + NEWEST
                    + " are supported. Upgrade it");
            return;
        }
        if (version > NEWEST) {
            LOG.warn(
                    "{}the server is PostgreSQL {}, which is newer than what this version was tested with ({})",
                    source,
                    version,
                    NEWEST);
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SELECT)) {
            if (!row.next()) {
                throw new IllegalStateException("A query of settings gave no row");
            }
            if (!row.getString(1).equals("logical")) {
                problems.add(source + "wal_level is '" + row.getString(1)
                        + "', but must be 'logical'; set it in postgresql.conf and restart the server");
            }
            if (row.getBoolean(2)) {
                problems.add(
                        source + "the server is a stand-by, to which neither slot nor watermarks can be written; let"
                                + " 'url' name the primary (several hosts and targetServerType=primary follow it)");
            }
            if (!slotExists && row.getInt(4) >= row.getInt(3)) {
                problems.add(source + "all " + row.getInt(3)
                        + " replication slots of the server are taken; raise max_replication_slots or drop one that is"
                        + " not needed");
            }
            if (!row.getBoolean(5)) {
                problems.add(source + "the role '" + row.getString(6) + "' may not replicate; ALTER ROLE \""
                        + row.getString(6) + "\" REPLICATION");
            }
        }
    }
}
