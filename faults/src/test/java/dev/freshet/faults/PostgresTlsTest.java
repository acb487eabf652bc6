package dev.freshet.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.EmbeddedPostgres;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.faults.LiveCopies.Database;
import dev.freshet.server.check.ServersCheck;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Source and copies on a PostgreSQL whose certificate is checked, as docs/how-to/tls.md has it. */
@OnServers
class PostgresTlsTest {
    private static final String LARGE =
            "(SELECT string_agg(md5(i::text || n::text), '') FROM generate_series(1, 10000) n)";

    @TempDir
    private static Path certificates;

    @TempDir
    private Path folder;

    private static Certificate certificate;
    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void start() throws Exception {
        certificate = Certificate.make(certificates, "postgres");
        postgres = EmbeddedPostgres.builder()
                .tls(certificate.certificate(), certificate.key())
                .start();
        postgres.createDatabase("shop");
        postgres.createDatabase("shipping");
    }

    @AfterAll
    static void close() {
        postgres.close();
    }

    private static Configuration configuration(EmbeddedKafka kafka, TopicPrefix prefix, Certificate trusted) {
        String tls = "&sslrootcert=" + trusted.certificate();
        String yaml = """
                kafka: { bootstrap-servers: "%s" }
                sources:
                  %s: { url: "%s?sslmode=verify-full%s", user: "%s", password: "%s" }
                streams:
                  item: { source: %2$s, table: public.item, partitions: 2 }
                replicas:
                  copies:
                    streams:
                      item: { table: public.item_copy }
                    url: "%s?sslmode=verify-ca%4$s"
                    user: "%5$s"
                    password: "%6$s"
                http: { port: 0 }
                """.formatted(
                        kafka.bootstrapServers(),
                        prefix.name("shop"),
                        postgres.jdbcUrl("shop"),
                        tls,
                        postgres.user(),
                        postgres.password(),
                        postgres.jdbcUrl("shipping"));
        return ConfigurationFile.parse("freshet.yaml", yaml, Map.of());
    }

    @Test
    void everySession_isOverTls_andTheCopiesAreEqual(EmbeddedKafka kafka, TopicPrefix prefix) throws Exception {
        Database shop = () -> postgres.connect("shop");
        Database shipping = () -> postgres.connect("shipping");
        shop.execute(
                "CREATE TABLE item (id int PRIMARY KEY, name text, note text)",
                "INSERT INTO item SELECT i, 'item ' || i, CASE WHEN i % 100 = 0 THEN " + LARGE + " END"
                        + " FROM generate_series(1, 1000) i");
        try (LiveCopies copies = new LiveCopies(configuration(kafka, prefix, certificate), folder, shop, shipping)) {
            copies.start();
            copies.awaitAll();
            for (int round = 0; round < 10; round++) {
                shop.execute(
                        "UPDATE item SET name = name || '.' WHERE id <= 300",
                        "UPDATE item SET note = " + LARGE.replace("i::text", "(id + " + round + ")::text")
                                + " WHERE id BETWEEN 400 AND 405");
            }
            copies.awaitAll();
            copies.assertSame("SELECT * FROM item ORDER BY id", "SELECT * FROM item_copy ORDER BY id");
            String sessions =
                    " FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE application_name LIKE 'freshet%'";
            assertEquals(List.of("t"), shop.column("SELECT DISTINCT ssl" + sessions));
            assertEquals(
                    List.of("shipping:client backend", "shop:client backend", "shop:walsender"),
                    shop.column("SELECT DISTINCT datname || ':' || backend_type" + sessions + " ORDER BY 1"));
        }
    }

    @Test
    void certificateOfAnother_isToldForSourceAndReplica(EmbeddedKafka kafka, TopicPrefix prefix) throws Exception {
        Certificate other = Certificate.make(certificates, "other");
        List<String> told = ServersCheck.check(configuration(kafka, prefix, other), Clock.systemUTC()).stream()
                .map(Object::toString)
                .toList();
        for (String part : List.of("sources." + prefix.name("shop"), "replicas.copies")) {
            assertTrue(told.stream().anyMatch(m -> m.startsWith(part) && m.contains("SSL error")), told.toString());
        }
    }
}
