package dev.freshet.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.RetriableException;
import dev.freshet.model.Token;
import dev.freshet.model.copy.CopyTables;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

@OnServers
class FreshetTokenTest {
    private static long lsn(Connection connection, String function) throws SQLException {
        return Long.parseLong(text(connection, "SELECT (" + function + "() - '0/0')::bigint"));
    }

    private static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void token_afterACommit_coversIt(TestDatabase source) throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (Connection connection = source.connect()) {
            connection.createStatement().execute("INSERT INTO t VALUES (1)");
            // fsync is on and the commit has returned: its record ends at or below what was flushed
            long flushed = lsn(connection, "pg_current_wal_flush_lsn");
            Token token = FreshetToken.take(connection);
            assertTrue(token.lsn() >= flushed - 40, token + " < " + flushed);
            assertEquals(text(connection, "SELECT system_identifier FROM pg_control_system()"), token.system());
            assertEquals(1, token.timeline());
            assertEquals(token, Token.parse(token.toString()));
        }
    }

    @Test
    void token_insideATransactionThatHasWritten_isRefused(TestDatabase source) throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (Connection connection = source.connect()) {
            connection.setAutoCommit(false);
            connection.createStatement().execute("INSERT INTO t VALUES (1)");
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> FreshetToken.take(connection));
            assertTrue(e.getMessage().contains("Commit first"), e.getMessage());
            connection.commit();
            Token after = FreshetToken.take(connection);
            connection.createStatement().executeQuery("SELECT * FROM t").close();
            assertTrue(FreshetToken.take(connection).lsn() >= after.lsn(), "a transaction that has read may be open");
        }
    }

    @Test
    void token_needsNoPrivilege_andTheStatementForOthersGivesTheSame(TestDatabase source) throws Exception {
        String role = source.name() + "_app";
        source.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'app'");
        try (Connection connection = DriverManager.getConnection(source.jdbcUrl(), role, "app")) {
            Token before = FreshetToken.take(connection);
            Token other = Token.parse(text(connection, CopyTables.TAKE_TOKEN));
            Token after = FreshetToken.take(connection);
            assertEquals(before.system(), other.system());
            assertEquals(before.timeline(), other.timeline());
            assertTrue(before.lsn() <= other.lsn() && other.lsn() <= after.lsn(), before + " " + other + " " + after);
        } finally {
            source.execute("DROP ROLE " + role);
        }
    }

    @Test
    void brokenConnection_mayBeTriedAgain(TestDatabase source) throws Exception {
        Connection connection = source.connect();
        connection.close();
        assertThrows(RetriableException.class, () -> FreshetToken.take(connection));
    }
}
