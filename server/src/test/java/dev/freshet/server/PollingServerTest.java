package dev.freshet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.SqlOutbox;
import dev.freshet.server.check.Removal;
import dev.freshet.server.check.ServersCheck;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import dev.freshet.server.config.Mistake;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose source is polled. */
@OnServers
class PollingServerTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String FILE = """
            kafka: { bootstrap-servers: KAFKA }
            sources:
              NAME: { type: polling, url: URL, user: USER, password: PASSWORD, outbox: public.freshet_outbox }
            streams:
              NAME-events: { source: NAME, events: true }
            http: { port: 0 }
            """;

    @TempDir
    private Path folder = Path.of("");

    private static Configuration configuration(EmbeddedKafka kafka, TestDatabase database) {
        return ConfigurationFile.parse(
                "freshet.yaml",
                FILE.replace("KAFKA", kafka.bootstrapServers())
                        .replace("URL", database.jdbcUrl())
                        .replace("USER", database.user())
                        .replace("PASSWORD", database.password())
                        .replace("NAME", name(database)),
                Map.of());
    }

    private static String name(TestDatabase database) {
        return "p" + database.name().replace('_', '-');
    }

    private static void migrate(TestDatabase database, String migration) throws Exception {
        try (InputStream file = Dialect.class.getClassLoader().getResourceAsStream(migration)) {
            database.execute(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static void publish(TestDatabase database) throws Exception {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            SqlOutbox.table(Dialect.POSTGRESQL)
                    .build()
                    .publish(
                            connection,
                            Event.builder(name(database) + "-events", "placed")
                                    .key("1")
                                    .payload(1)
                                    .build());
            connection.commit();
        }
    }

    @Test
    void check_namesTheMigrationThatIsMissing(EmbeddedKafka kafka, TestDatabase database) throws Exception {
        migrate(database, Dialect.POSTGRESQL.migration());
        List<Mistake> mistakes = ServersCheck.check(configuration(kafka, database), Clock.systemUTC());
        assertTrue(
                mistakes.stream()
                        .anyMatch(m -> m.toString().contains("freshet_outbox_number")
                                && m.toString().contains("Run the migrations")),
                mistakes::toString);
    }

    @Test
    void events_areSent_andRemovalTakesTheSlotAway(EmbeddedKafka kafka, TestDatabase database) throws Exception {
        migrate(database, Dialect.POSTGRESQL.migration());
        migrate(database, Dialect.POSTGRESQL.pollingMigration().orElseThrow());
        Configuration config = configuration(kafka, database);
        assertEquals(List.of(), ServersCheck.check(config, Clock.systemUTC()));
        publish(database);
        try (Server server = Server.start(config, folder, Clock.systemUTC())) {
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> server.status().sources().get(0).recordsSent() == 1);
            publish(database);
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> server.status().sources().get(0).recordsSent() == 2);
            assertEquals("none", server.status().streams().get(0).snapshot().state());
        }
        assertEquals(
                "freshet_" + name(database).replace('-', '_'), database.text("SELECT slot FROM freshet_outbox_relay"));
        try (Removal removal = Removal.open(config, folder, Clock.systemUTC())) {
            removal.remove(Removal.Kind.SOURCE, name(database), false);
        }
        assertEquals("null", database.text("SELECT slot FROM freshet_outbox_relay"));
    }
}
