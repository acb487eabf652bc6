package dev.freshet.server;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.model.ConfigurationException;
import dev.freshet.server.check.Removal;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Removals beside a server with an embedded Kafka, whose databases show nothing of it. */
@Tag("servers")
class RemovalTest {

    @TempDir
    private Path folder = Path.of("");

    private Configuration configuration() throws Exception {
        Path file = Files.writeString(folder.resolve("freshet.yaml"), """
                kafka: { bootstrap-servers: embedded }
                sources: { shop: { url: "jdbc:postgresql://127.0.0.1:9/shop", user: u, password: p } }
                streams: { orders: { source: shop, table: public.orders } }
                replicas:
                  copies:
                    streams: { orders: { table: public.orders } }
                    url: "jdbc:postgresql://127.0.0.1:9/copies"
                    user: u
                    password: p
                """);
        return ConfigurationFile.read(file, Map.of());
    }

    private static void assertRefused(String with, Removal removal, Removal.Kind kind, String name) {
        for (int step = 0; step < 2; step++) {
            boolean described = step == 0;
            ConfigurationException e = assertThrows(ConfigurationException.class, () -> {
                if (described) {
                    removal.describe(kind, name, false);
                } else {
                    removal.remove(kind, name, false);
                }
            });
            String message = String.valueOf(e.getMessage());
            assertTrue(message.contains(with), message);
        }
    }

    @Test
    void sourceAndReplica_areRefusedWhileAServerHasItsKafkaInTheFolder() throws Exception {
        Configuration config = configuration();
        Path kafka = folder.toRealPath().resolve(".freshet/kafka");
        try (EmbeddedKafka ofAServer = EmbeddedKafka.start(kafka);
                Removal removal = Removal.open(config, folder.toRealPath().resolve(".freshet"), Clock.systemUTC())) {
            String stop = "was not removed: stop the server first that has its Kafka in " + ofAServer.directory();
            assertRefused("Source 'shop' " + stop, removal, Removal.Kind.SOURCE, "shop");
            assertRefused("Replica 'copies' " + stop, removal, Removal.Kind.REPLICA, "copies");

            Files.writeString(kafka.resolve("embedded.properties"), "port=many");
            assertRefused("kafka.bootstrap-servers is 'embedded': ", removal, Removal.Kind.STREAM, "orders");
        }
    }
}
