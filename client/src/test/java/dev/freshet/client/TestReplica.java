package dev.freshet.client;

import dev.freshet.model.copy.CopyState;
import dev.freshet.model.copy.CopyTables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes what a replica would report, with the statements that both ends share. */
final class TestReplica implements AutoCloseable {
    static final Instant COMPLETE_TO = Instant.parse("2026-01-01T00:00:00Z");

    private final Connection connection;
    private final String name;

    TestReplica(Connection connection, String name) throws SQLException {
        this.connection = connection;
        this.name = name;
        try (Statement statement = connection.createStatement()) {
            for (String create : CopyTables.createStatements()) {
                statement.execute(create);
            }
        }
    }

    void complete(CopyState state) throws SQLException {
        report(state, null, COMPLETE_TO, 0, 60_000);
    }

    void report(CopyState state, @Nullable String reason, @Nullable Instant completeTo, long behind, long validMillis)
            throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(CopyTables.UPSERT)) {
            upsert.setString(1, name);
            upsert.setString(2, state.source());
            upsert.setBoolean(3, reason == null);
            upsert.setString(4, reason);
            upsert.setTimestamp(5, completeTo == null ? null : Timestamp.from(completeTo));
            upsert.setLong(6, behind);
            upsert.setInt(7, state.epoch());
            if (state.reached() == null) {
                upsert.setNull(8, Types.VARCHAR);
                upsert.setNull(9, Types.BIGINT);
            } else {
                upsert.setString(8, state.reached().toString());
                upsert.setLong(9, state.reached().lsn());
            }
            upsert.setString(10, state.system());
            upsert.setLong(11, state.timeline());
            upsert.setString(12, state.switchesText());
            if (state.failure() == null) {
                upsert.setNull(13, Types.BIGINT);
                upsert.setNull(14, Types.VARCHAR);
            } else {
                upsert.setLong(13, state.failure().lsn());
                upsert.setString(14, state.failure().reason());
            }
            upsert.setTimestamp(15, Timestamp.from(Instant.now().plusMillis(validMillis)));
            upsert.executeUpdate();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
