package dev.freshet.replica.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.ConfigurationException;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.SchemaPolicy;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.apply.AppliedTable;
import dev.freshet.replica.port.StoreException;
import dev.freshet.replica.port.WriteMode;
import dev.freshet.replica.table.TableName;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

@OnServers
class ConsumerDbTest {
    private final TestDatabase database;

    ConsumerDbTest(TestDatabase database) {
        this.database = database;
    }

    private ConsumerDb at(String url) {
        return new ConsumerDb(config(url).build());
    }

    private ReplicaConfig.Builder config(String url) {
        return ReplicaConfig.builder("copy").stream(
                        new StreamTarget("t", "shop.t", null, TableName.parse("public.t"), Map.of()))
                .database(url, database.user(), database.password())
                .kafka("bootstrap.servers", "nowhere:9");
    }

    private String shown(String parameters, String setting) throws SQLException {
        try (Connection db = at(database.jdbcUrl() + parameters).open();
                Statement s = db.createStatement();
                ResultSet r = s.executeQuery("SHOW " + setting)) {
            r.next();
            return r.getString(1);
        }
    }

    @Test
    void sessions_areKnownByTheReplicasName() throws Exception {
        assertEquals("freshet copy", shown("", "application_name"));
        assertEquals("freshet copy", shown("?ApplicationName=svc", "application_name"));
    }

    @Test
    void urlThatTheDriverCannotRead_isNotPrintedWithItsSecrets() {
        for (String parameter : List.of("service=none", "PGPORT=99999")) {
            ConsumerDb db = at("jdbc:postgresql://h/d?" + parameter + "&sslpassword=top-secret");
            ConfigurationException e = assertThrows(ConfigurationException.class, db::open);
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            assertTrue(trace.toString()
                    .contains("Replica 'copy': the driver cannot read the url jdbc:postgresql://h/d with"));
            assertFalse(trace.toString().contains("top-secret"), trace.toString());
        }
    }

    @Test
    void commits_doNotWaitForTheDiskUnlessTheUserSaysSo() throws Exception {
        assertEquals("off", shown("", "synchronous_commit"));
        assertEquals("off", shown("?options=-c%20work_mem=8MB", "synchronous_commit"));
        assertEquals("local", shown("?options=-c%20synchronous_commit=local", "synchronous_commit"));
        database.execute("ALTER DATABASE " + database.name() + " SET synchronous_commit = remote_write");
        assertEquals("remote_write", shown("", "synchronous_commit"));
    }

    /** Keepalive probes do not tell: a proxy that has forgotten the connection may answer them. */
    @Test
    void sessionThatDoesNotAnswer_isGivenUp() throws Exception {
        ConsumerDb hasty = new ConsumerDb(config(database.jdbcUrl())
                .lockTimeout(Duration.ofMillis(200))
                .answerTimeout(Duration.ofMillis(300))
                .build());
        try (Connection db = hasty.open();
                Statement s = db.createStatement()) {
            SQLException e = assertThrows(SQLException.class, () -> s.execute("SELECT pg_sleep(30)"));
            assertEquals(StoreException.Kind.AWAY, DbErrors.kind(e), e::toString);
            String told = DbErrors.describe(e, false);
            assertTrue(told.contains("raise limits.answer-timeout"), told);
        }
    }

    @Test
    void fill_mayTakeAsLongAsItTakes() throws Exception {
        try (AppliedTable t = new AppliedTable(database, SchemaPolicy.EVOLVE, AppliedTable.SCHEMA)) {
            int limit = t.db.getNetworkTimeout();
            assertTrue(limit > 0, "no limit");
            PostgresSession session = t.session(t.db);
            t.writer(session, WriteMode.PIECES_OF_A_FILL);
            assertEquals(0, t.db.getNetworkTimeout());
            t.writer(session, WriteMode.PIECES);
            assertEquals(limit, t.db.getNetworkTimeout());
        }
    }

    /** A proxy takes the connection, and nobody stands behind it. */
    @Test
    void loginThatIsNotAnswered_isGivenUp() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ConsumerDb hasty = new ConsumerDb(config("jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/d")
                    .lockTimeout(Duration.ofMillis(500))
                    .answerTimeout(Duration.ofMillis(500))
                    .build());
            SQLException e = assertTimeoutPreemptively(
                    Duration.ofSeconds(60), () -> assertThrows(SQLException.class, hasty::open));
            assertEquals(StoreException.Kind.AWAY, DbErrors.kind(e), e::toString);
        }
    }

    @Test
    void statementThatMayTakeLong_leavesTheLimitAsItWas() throws Exception {
        try (AppliedTable t = new AppliedTable(database, SchemaPolicy.EVOLVE, AppliedTable.SCHEMA)) {
            int limit = t.db.getNetworkTimeout();
            PostgresSession session = t.session(t.db);
            session.analyze(t.target);
            session.alterForFill(
                    t.target,
                    AppliedTable.SCHEMA,
                    Objects.requireNonNull(session.streams().lock("t")));
            assertEquals(limit, t.db.getNetworkTimeout());
        }
    }
}
