package dev.freshet.client;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.Lsn;
import dev.freshet.model.Token;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Takes tokens on a source: proof of what was committed so far, to be awaited on a copy with {@link Copy#await}. */
public final class FreshetToken {
    private static final String QUERY = """
            SELECT pg_current_xact_id_if_assigned() IS NOT NULL, system_identifier::text, pg_walfile_name(at),
                (at - '0/0')::bigint, current_setting('wal_block_size')::bigint
            FROM pg_control_system(), pg_current_wal_insert_lsn() AS at""";

    private static final String RECOVERY = "55000";

    private FreshetToken() {}

    /**
     * Returns a token for everything that is committed on the source by now, also by other connections. One query.
     *
     * <p>Call it <em>after</em> the commit: inside the transaction the commit record is not yet in the log, and the token
     * would be reached without it. Without auto-commit the query begins a transaction, as every query does.
     *
     * @param source a connection to the source's primary server, in any database of it
     * @throws IllegalStateException if the connection's transaction has written and is not committed
     * @throws ConfigurationException if the server is a stand-by
     * @throws dev.freshet.model.RetriableException if the connection is broken
     * @throws dev.freshet.model.FreshetException if the query fails otherwise
     */
    public static Token take(Connection source) {
        try (PreparedStatement query = source.prepareStatement(QUERY);
                ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("The query for the log's position gave no row");
            }
            if (row.getBoolean(1)) {
                throw new IllegalStateException(
                        "The token was asked for inside a transaction that has written and is not"
                                + " committed: it would not wait for these writes. Commit first, then take the token");
            }
            long timeline = Long.parseLong(row.getString(3), 0, 8, 16);
            return new Token(row.getString(2), timeline, Lsn.normalise(row.getLong(4), row.getLong(5)));
        } catch (SQLException e) {
            if (RECOVERY.equals(e.getSQLState())) {
                throw new ConfigurationException(
                        "No token can be taken on a stand-by server, which commits nothing: take it on the connection to"
                                + " the primary that wrote",
                        e);
            }
            throw SqlFaults.translate("taking a token", e);
        }
    }
}
