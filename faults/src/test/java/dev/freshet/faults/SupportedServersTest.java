package dev.freshet.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.EmbeddedPostgres;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.faults.LiveCopies.Database;
import dev.freshet.server.check.Removal;
import dev.freshet.server.check.ServersCheck;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The whole way on one version of PostgreSQL, as source and for copies, and of Kafka: 18 and 4.3, or those of {@code
 * -Dfreshet.test.postgres} and {@code -Dfreshet.test.kafka.jars} (CONTRIBUTING.md).
 */
@OnServers
@Isolated("it restarts the PostgreSQL that the others use")
class SupportedServersTest {
    private static final int PUBLISHES_GENERATED = 18;
    private static final String LARGE =
            "(SELECT string_agg(md5(i::text || n::text), '') FROM generate_series(1, 200) n)";
    private static final String[] TABLES = {
        "CREATE TABLE item (id bigint PRIMARY KEY, name text NOT NULL, price numeric(12,2), note text, tags text[][],"
                + " at timestamptz, valid daterange, data jsonb,"
                + " doubled numeric GENERATED ALWAYS AS (price * 2) STORED)",
        "CREATE TABLE whole (id int PRIMARY KEY, name text, note text)",
        "ALTER TABLE whole REPLICA IDENTITY FULL",
        "CREATE TABLE visit (day date, id int, place text, PRIMARY KEY (day, id)) PARTITION BY RANGE (day)",
        "CREATE TABLE visit_2025 PARTITION OF visit FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        "CREATE TABLE visit_2026 PARTITION OF visit FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "CREATE TABLE visit_2027 PARTITION OF visit FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
        "INSERT INTO item SELECT i, 'item ' || i, i * 1.10, CASE WHEN i % 10 = 0 THEN " + LARGE + " END,"
                + " ARRAY[ARRAY['a', NULL], ARRAY['b', i::text]], timestamptz '2026-01-01' + i * interval '1 hour',"
                + " daterange(date '2026-01-01', date '2026-01-01' + i), jsonb_build_object('n', i)"
                + " FROM generate_series(1, 2000) i",
        "INSERT INTO whole SELECT i, 'whole ' || i, " + LARGE + " FROM generate_series(1, 50) i",
        "INSERT INTO visit SELECT date '2025-07-01' + i, i, 'place ' || i FROM generate_series(1, 400) i"
    };
    private static final String[] CHANGES = {
        "INSERT INTO item (id, name) VALUES (5000, 'new')",
        "UPDATE item SET price = price + 1, name = name || '.' WHERE id <= 100",
        "UPDATE item SET id = 6000 WHERE id = 20",
        "DELETE FROM item WHERE id BETWEEN 101 AND 110",
        "UPDATE whole SET name = 'other' WHERE id <= 10",
        "UPDATE whole SET id = 1000 WHERE id = 11",
        "UPDATE visit SET place = 'moved', day = day + 200 WHERE id <= 10",
        "DELETE FROM visit WHERE id = 11",
        "INSERT INTO visit VALUES ('2027-01-01', 1, 'new')",
        "CREATE TABLE visit_2028 PARTITION OF visit FOR VALUES FROM ('2028-01-01') TO ('2029-01-01')",
        "BEGIN; INSERT INTO item (id, name) VALUES (7000, 'gone'); ROLLBACK",
        "BEGIN; SAVEPOINT s; DELETE FROM item WHERE id > 1000; ROLLBACK TO s; DELETE FROM item WHERE id = 1999; COMMIT"
    };

    private static Configuration configuration(
            EmbeddedKafka kafka, TestDatabase shop, TestDatabase shipping, String user, String itemColumns) {
        String yaml = """
                kafka: { bootstrap-servers: "%s" }
                sources:
                  %s: { url: "%s", user: "%s", password: "%s" }
                streams:
                  item: { source: %2$s, table: public.item, partitions: 2%s }
                  whole: { source: %2$s, table: public.whole }
                  visit: { source: %2$s, table: public.visit }
                replicas:
                  copies:
                    streams:
                      item: { table: public.item_copy }
                      whole: { table: public.whole_copy }
                      visit: { table: public.visit_copy }
                    url: "%s"
                    user: "%s"
                    password: "%s"
                http: { port: 0 }
                """.formatted(
                        kafka.bootstrapServers(),
                        shop.name(),
                        shop.jdbcUrl(),
                        user,
                        shop.password(),
                        itemColumns,
                        shipping.jdbcUrl(),
                        shipping.user(),
                        shipping.password());
        return ConfigurationFile.parse("freshet.yaml", yaml, Map.of());
    }

    private static void assertSame(LiveCopies copies) throws SQLException {
        copies.assertSame(
                "SELECT id, name, price, note, tags, at, valid, data FROM item ORDER BY id",
                "SELECT id, name, price, note, tags, at, valid, data FROM item_copy ORDER BY id");
        copies.assertSame("SELECT * FROM whole ORDER BY id", "SELECT * FROM whole_copy ORDER BY id");
        copies.assertSame("SELECT * FROM visit ORDER BY day, id", "SELECT * FROM visit_copy ORDER BY day, id");
    }

    private static String kafkaVersion() {
        String clients = "kafka-clients-";
        for (String jar : Objects.requireNonNullElse(
                new File(System.getProperty("freshet.test.kafka.jars", "")).list(), new String[0])) {
            if (jar.startsWith(clients)) {
                return jar.substring(clients.length(), jar.length() - ".jar".length());
            }
        }
        return AppInfoParser.getVersion();
    }

    private static int version(TestDatabase database) throws SQLException {
        Database asked = database::connect;
        return Integer.parseInt(asked.column("SHOW server_version_num").get(0)) / 10_000;
    }

    @Test
    void everyChange_reachesTheCopies_alsoThroughRestarts(
            EmbeddedKafka kafka,
            EmbeddedPostgres postgres,
            TestDatabase shop,
            TestDatabase shipping,
            @TempDir Path folder)
            throws SQLException, IOException {
        int version = version(shop);
        assertEquals(System.getProperty("freshet.test.postgres", "18"), Integer.toString(version));
        assertTrue(
                Files.readString(kafka.logFile()).contains("Kafka version: " + kafkaVersion()),
                () -> "not Kafka " + kafkaVersion() + ": see " + kafka.logFile());
        shop.execute(TABLES);
        Configuration config = configuration(kafka, shop, shipping, shop.user(), "");
        assertEquals(
                List.of(),
                ServersCheck.check(config, Clock.systemUTC()).stream()
                        .filter(m -> !m.message().contains("does not exist"))
                        .toList());
        Database target = shipping::connect;
        try (LiveCopies copies = new LiveCopies(config, folder, shop::connect, target)) {
            copies.start();
            copies.awaitAll();
            assertSame(copies);

            shop.execute(CHANGES);
            copies.awaitAll();
            assertSame(copies);
            assertEquals(
                    List.of(version >= PUBLISHES_GENERATED ? "t" : "f"),
                    target.column("SELECT count(*) > 0 FROM pg_attribute"
                            + " WHERE attrelid = 'item_copy'::regclass AND attname = 'doubled'"));
            if (version >= PUBLISHES_GENERATED) {
                copies.assertSame(
                        "SELECT id, doubled FROM item ORDER BY 1", "SELECT id, doubled FROM item_copy ORDER BY 1");
            }

            copies.stop();
            shop.execute("UPDATE item SET name = 'while away' WHERE id > 1900", "DELETE FROM whole WHERE id > 40");
            copies.start();
            postgres.restart();
            shop.execute("INSERT INTO whole VALUES (2000, 'after the restart', NULL)");
            copies.awaitAll();
            assertSame(copies);
            copies.untilReady();
        }
        try (Removal removal = Removal.open(config, folder, Clock.systemUTC())) {
            removal.remove(Removal.Kind.SOURCE, shop.name(), false);
        }
        Database source = shop::connect;
        assertEquals(List.of(), source.column("SELECT pubname FROM pg_publication"));
        assertEquals(
                List.of(),
                source.column("SELECT slot_name FROM pg_replication_slots WHERE database = current_database()"));
    }

    @Test
    void generatedColumnThatIsAskedFor_isRefusedWhereItIsNotPublished(
            EmbeddedKafka kafka, TestDatabase shop, TestDatabase shipping) throws SQLException {
        shop.execute(TABLES);
        Configuration config = configuration(kafka, shop, shipping, shop.user(), ", columns: [id, doubled]");
        boolean refused = ServersCheck.check(config, Clock.systemUTC()).stream()
                .anyMatch(m -> m.message().contains("column 'doubled' is generated and this server does not publish"));
        assertEquals(version(shop) < PUBLISHES_GENERATED, refused);
    }

    @Test
    void leastRights_sufficeOnThisVersion(
            EmbeddedKafka kafka, TestDatabase shop, TestDatabase shipping, @TempDir Path folder) throws SQLException {
        String role = shop.name() + "_freshet";
        shop.execute(TABLES);
        shop.execute(
                "CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD '" + shop.password() + "'",
                "GRANT CONNECT ON DATABASE " + shop.name() + " TO " + role,
                "GRANT USAGE ON SCHEMA public TO " + role,
                "GRANT SELECT ON item, whole, visit, visit_2025, visit_2026, visit_2027 TO " + role,
                "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO " + role,
                "CREATE PUBLICATION freshet_" + shop.name()
                        + " FOR TABLE item, whole, visit WITH (publish_via_partition_root = true)");
        String columns = ", columns: [id, name, price, note, tags, at, valid, data]";
        Configuration config = configuration(kafka, shop, shipping, role, columns);
        try (LiveCopies copies = new LiveCopies(config, folder, shop::connect, shipping::connect)) {
            copies.start();
            copies.awaitAll();
            shop.execute(CHANGES);
            copies.awaitAll();
            assertSame(copies);
        }
        try (Removal removal = Removal.open(config, folder, Clock.systemUTC())) {
            removal.remove(Removal.Kind.SOURCE, shop.name(), false);
        }
        shop.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
    }
}
