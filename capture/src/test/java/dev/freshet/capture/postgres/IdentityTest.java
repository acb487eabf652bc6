package dev.freshet.capture.postgres;

import static dev.freshet.capture.postgres.LogFixture.all;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.Lsn;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.TimelineRecord;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

@OnServers
class IdentityTest {
    @Test
    void identity_isTheServersOwn(TestDatabase db) throws Exception {
        try (LogFixture f = LogFixture.create(db, b -> b)) {
            SourceIdentity identity = f.source.identify();
            assertEquals("shop", identity.name());
            assertEquals("postgresql", identity.type());
            assertEquals(db.name(), identity.database());
            assertEquals(1, identity.timeline());
            assertTrue(identity.system().matches("[0-9]{15,20}"), identity.system());
            assertEquals(List.of(), f.source.timelines());
        }
    }

    @Test
    void historyFile_givesTimelinesWithTheirSwitches() {
        assertEquals(
                List.of(
                        new TimelineRecord("7", 1, Lsn.parse("0/3000148")),
                        new TimelineRecord("7", 2, Lsn.parse("1/5000060"))),
                Timelines.parse(
                        "7",
                        "1\t0/3000148\tno recovery target specified\n\n# a comment\n2\t1/5000060\tbefore 2026-01-01 x\n"));
    }

    @Test
    void brokenConnection_isMadeAnewAtTheNextQuestion(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND pid <> pg_backend_pid()");
            assertThrows(RetriableException.class, f.source::flushedLsn);
            assertTrue(f.source.flushedLsn() > 0);
        }
    }

    @Test
    void serverThatIsAway_isTriedAgain() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        try (PostgresSource source = PostgresSource.create(
                PostgresSettings.builder("shop", "jdbc:postgresql://127.0.0.1:" + port + "/x", "u", "secret")
                        .connectTimeout(Duration.ofSeconds(1))
                        .build(),
                Clock.systemUTC())) {
            RetriableException e = assertThrows(RetriableException.class, source::identify);
            assertTrue(String.valueOf(e.getMessage()).contains("Source 'shop'"), e.getMessage());
        }
    }

    @Test
    void wrongPassword_isAMistakeInTheConfigurationAndNotPrinted(TestDatabase db) throws Exception {
        PostgresSettings settings = PostgresSettings.builder(
                        "shop", db.jdbcUrl() + "?tcpKeepAlive=true", "postgres", "hunter2")
                .build();
        try (PostgresSource source = PostgresSource.create(settings, Clock.systemUTC())) {
            ConfigurationException e = assertThrows(ConfigurationException.class, source::identify);
            assertTrue(!String.valueOf(e.getMessage()).contains("hunter2"), e.getMessage());
            assertTrue(!settings.toString().contains("hunter2")
                    && !settings.toString().contains("tcpKeepAlive"));
        }
    }

    @Test
    void urlThatSetsWhatFreshetSets_isRefused() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> PostgresSettings.builder(
                        "shop", "jdbc:postgresql://h/d?ssl=true&password=x", "u", "p")
                .build());
        assertTrue(String.valueOf(e.getMessage()).contains("take out password"), e.getMessage());
    }

    @Test
    void urlThatTheDriverCannotRead_isNotPrintedWithItsSecrets() {
        PostgresSettings settings = PostgresSettings.builder(
                        "shop", "jdbc:postgresql://h/d?service=none&sslpassword=hunter2", "u", "p")
                .build();
        try (PostgresSource source = PostgresSource.create(settings, Clock.systemUTC())) {
            ConfigurationException e = assertThrows(ConfigurationException.class, source::identify);
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            assertTrue(trace.toString()
                    .contains("Source 'shop': the driver cannot read the url jdbc:postgresql://h/d with"));
            assertTrue(!trace.toString().contains("hunter2"), trace.toString());
        }
    }
}
