package dev.freshet.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.internal.Processes;
import dev.freshet.embedded.internal.RunAs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("servers")
class EmbeddedPostgresTest {

    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = EmbeddedPostgres.builder().setting("work_mem", "5MB").start();
    }

    @AfterAll
    static void close() {
        postgres.close();
    }

    @AfterEach
    void resume() {
        postgres.resume();
    }

    @Test
    void settings_areThoseOfADurableSource_andCanBeSet() throws SQLException {
        assertEquals("on", query("SHOW fsync"));
        assertEquals("logical", query("SHOW wal_level"));
        assertEquals("20", query("SHOW max_replication_slots"));
        assertEquals("127.0.0.1", query("SHOW listen_addresses"));
        assertEquals("5MB", query("SHOW work_mem"));
        assertEquals(
                System.getProperty("freshet.test.postgres", "18"),
                query("SELECT current_setting('server_version_num')::int / 10000"));
    }

    @Test
    void wrongPassword_isRefused() {
        assertThrows(
                SQLException.class,
                () -> DriverManager.getConnection(postgres.jdbcUrl("postgres"), postgres.user(), "guess"));
    }

    @Test
    void processes_neverRunAsRoot() throws Exception {
        Object user = Files.getAttribute(Path.of("/proc/" + postgres.pid()), "unix:uid");
        assertNotEquals(0, user);
    }

    @Test
    void killedDuringATransaction_recoversWhatWasCommitted() throws Exception {
        postgres.createDatabase("killed");
        try (Connection committed = postgres.connect("killed");
                Connection open = postgres.connect("killed")) {
            committed.createStatement().execute("CREATE TABLE t (id int PRIMARY KEY)");
            committed.createStatement().execute("INSERT INTO t SELECT generate_series(1, 1000)");
            open.setAutoCommit(false);
            open.createStatement().execute("INSERT INTO t VALUES (1001)");
            long[] processes = postgres.helpers();

            postgres.kill();

            for (long process : processes) {
                assertTrue(Processes.isGone(process));
            }
            assertThrows(SQLException.class, open::commit);
        }
        assertTrue(postgres.death().isEmpty(), "a kill that was asked for is no death");
        int port = postgres.port();
        postgres.restart();
        assertEquals(port, postgres.port());
        try (Connection connection = postgres.connect("killed");
                var rows = connection.createStatement().executeQuery("SELECT count(*) FROM t")) {
            rows.next();
            assertEquals(1000, rows.getInt(1));
        }
        assertTrue(Files.readString(postgres.logFile()).contains("automatic recovery in progress"));
    }

    @Test
    void standby_followsItsPrimary_alsoAfterARestart_andIsPromoted() throws SQLException {
        postgres.createDatabase("followed");
        try (Connection primary = postgres.connect("followed");
                EmbeddedPostgres standby =
                        EmbeddedPostgres.builder().standbyOf(postgres).start()) {
            primary.createStatement().execute("CREATE TABLE t AS SELECT 1 AS id");
            Awaitility.await().ignoreExceptions().until(() -> count(standby, "followed") == 1);
            standby.restart();
            primary.createStatement().execute("INSERT INTO t VALUES (2)");
            Awaitility.await().until(() -> count(standby, "followed") == 2);
            try (Connection promoted = standby.connect("followed");
                    Statement s = promoted.createStatement()) {
                assertThrows(SQLException.class, () -> s.execute("INSERT INTO t VALUES (3)"));
                s.execute("SELECT pg_promote()");
                s.execute("INSERT INTO t VALUES (3)");
                primary.createStatement().execute("DELETE FROM t");
            }
            assertEquals(3, count(standby, "followed"));
        }
    }

    private static long count(EmbeddedPostgres server, String database) throws SQLException {
        try (Connection c = server.connect(database);
                ResultSet r = c.createStatement().executeQuery("SELECT count(*) FROM t")) {
            r.next();
            return r.getLong(1);
        }
    }

    @Test
    void paused_answersNothingUntilResumed() throws Exception {
        try (Connection connection = postgres.connect("postgres")) {
            postgres.pause();
            CompletableFuture<Boolean> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return connection.createStatement().execute("SELECT 1");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThrows(TimeoutException.class, () -> answer.get(1, TimeUnit.SECONDS));
            postgres.resume();
            assertTrue(answer.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void pausedServer_canBeKilled() {
        postgres.pause();
        long[] processes = postgres.helpers();
        postgres.kill();
        for (long process : processes) {
            assertTrue(Processes.isGone(process));
        }
        postgres.restart();
        assertTrue(postgres.isRunning());
    }

    @Test
    void deathUnasked_isNoticedAndNamedWithTheEndOfTheLog() throws Exception {
        CompletableFuture<ServerDiedException> news = new CompletableFuture<>();
        postgres.onDeath(news::complete);
        long pid = postgres.pid();

        ProcessHandle.of(pid).orElseThrow().destroy();

        ServerDiedException died = news.get(20, TimeUnit.SECONDS);
        assertEquals("PostgreSQL", died.server());
        assertTrue(died.getMessage().startsWith("PostgreSQL (pid " + pid + ") ended unasked with exit status 0."));
        assertTrue(died.getMessage().contains("received smart shutdown request"), died.getMessage());
        postgres.restart();
    }

    @Test
    void failedStart_saysWhyWithTheEndOfTheLog_andLeavesNothing() {
        EmbeddedPostgres.Builder wrong = EmbeddedPostgres.builder().setting("wal_level", "psychic");
        ServerStartException failure = assertThrows(ServerStartException.class, wrong::start);
        assertTrue(failure.getMessage().contains("invalid value for parameter \"wal_level\""), failure.getMessage());
        Path folder = Path.of(failure.getMessage().replaceAll("(?s)^PostgreSQL in (\\S+) .*", "$1"));
        assertTrue(folder.getFileName().toString().startsWith("freshet-postgresql-"), failure.getMessage());
        assertFalse(Files.exists(folder));
    }

    @Test
    void keptFolder_isFoundAgain_alsoBelowAFolderThatOnlyItsOwnerMayEnter(@TempDir Path directory) throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        Path folder = directory.resolve("a folder's name");
        if (RunAs.thisIsRoot() && Integer.parseInt(query("SHOW server_version_num")) < 160_000) {
            ServerStartException refused =
                    assertThrows(ServerStartException.class, () -> EmbeddedPostgres.start(folder));
            assertTrue(refused.getMessage().contains("cannot pass through to " + folder), refused.getMessage());
            return;
        }
        int port;
        try (EmbeddedPostgres first = EmbeddedPostgres.start(folder)) {
            port = first.port();
            first.createDatabase("kept");
        }
        try (EmbeddedPostgres second = EmbeddedPostgres.start(folder);
                Connection connection = second.connect("kept")) {
            assertEquals(port, second.port());
            assertTrue(connection.isValid(5));
            second.restart();
        }
        assertTrue(Files.exists(folder));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("embedded.properties"))));
    }

    private static String query(String text) throws SQLException {
        try (Connection connection = postgres.connect("postgres");
                var rows = connection.createStatement().executeQuery(text)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
