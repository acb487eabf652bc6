package dev.freshet.server.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.outbox.Dialect;
import dev.freshet.server.config.ConfigurationFile;
import dev.freshet.server.config.Mistake;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

@OnServers
class ServersCheckTest {
    private static final String YAML = """
            kafka: { bootstrap-servers: embedded }
            sources:
              shop: { url: "%s", user: %s, password: "%s" }
            streams:
              customers: { source: shop, table: public.%s }
            replicas:
              shipping: { streams: { customers: { table: public.copy } }, url: "%s", user: "%s", password: "%s" }
            """;

    @Test
    void mistakeThatAServerFinds_isFiledUnderWhatMendsIt(TestDatabase shop, TestDatabase shipping) throws Exception {
        shop.execute("CREATE TABLE customer (id bigint PRIMARY KEY)");
        String url = shop.jdbcUrl();
        String target = shipping.jdbcUrl();
        String user = shop.user();
        String password = shop.password();

        assertEquals(List.of(), check(url, user, password, "customer", target, user, password));
        assertMistake(
                check(url, user, password, "custmer", target, user, password),
                "streams.customers: table 'public.custmer': there is no such table");
        assertMistake(
                check(url + "x", user, password, "customer", target, user, password),
                "sources.shop: ",
                "does not exist; see its url");
        assertMistake(
                check(url, "nobody", password, "customer", target, user, password),
                "sources.shop: ",
                "; see its user and password");
        assertMistake(
                check(url, user, password, "customer", target + "x", user, password),
                "replicas.shipping: ",
                "does not exist; see the replica's url");
        assertMistake(
                check(url, user, password, "customer", target, "nobody", password),
                "replicas.shipping: ",
                "; see the replica's user and password");
    }

    @Test
    void outboxTableThatCannotBeCleared_isFiledUnderTheOutbox(TestDatabase shop) throws Exception {
        String yaml = """
                kafka: { bootstrap-servers: embedded }
                sources:
                  shop: { url: "%s", user: %s, password: "%s", outbox: public.freshet_outbox }
                streams:
                  order-events: { source: shop, events: true }
                """.formatted(shop.jdbcUrl(), shop.user(), shop.password());
        assertMistake(checkFile(yaml), "sources.shop.outbox: ");
        try (InputStream file = Dialect.class.getClassLoader().getResourceAsStream(Dialect.POSTGRESQL.migration())) {
            shop.execute(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
        }
        assertEquals(List.of(), checkFile(yaml));
        shop.execute("DROP FUNCTION freshet_outbox_roll");
        assertMistake(
                checkFile(yaml),
                "sources.shop.outbox: Table 'public.freshet_outbox': there is no function public.freshet_outbox_roll");
    }

    private static void assertMistake(List<Mistake> mistakes, String begin) {
        assertEquals(1, mistakes.size(), mistakes.toString());
        assertTrue(mistakes.get(0).toString().startsWith(begin), mistakes.toString());
    }

    private static void assertMistake(List<Mistake> mistakes, String begin, String end) {
        assertMistake(mistakes, begin);
        assertTrue(mistakes.get(0).toString().endsWith(end), mistakes.toString());
    }

    private static List<Mistake> check(Object... values) {
        return checkFile(YAML.formatted(values));
    }

    private static List<Mistake> checkFile(String yaml) {
        return ServersCheck.check(ConfigurationFile.parse("freshet.yaml", yaml, Map.of()), Clock.systemUTC());
    }
}
