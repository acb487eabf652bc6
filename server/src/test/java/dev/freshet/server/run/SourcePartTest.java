package dev.freshet.server.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.server.ServerStatus;
import dev.freshet.server.ServerStatus.StreamStatus;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import dev.freshet.server.config.SourceConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SourcePartTest {
    private static final Configuration CONFIG = ConfigurationFile.parse("freshet.yaml", """
            kafka: { bootstrap-servers: "localhost:9092" }
            sources: { shop: { url: "jdbc:postgresql://localhost/shop", user: u, outbox: public.freshet_outbox } }
            streams:
              orders: { source: shop, table: public.orders }
              told: { source: shop, events: true }
            """, Map.of());

    private static List<String> snapshots(List<StreamStatus> streams) {
        return streams.stream()
                .map(s -> s.name() + ' ' + s.state() + ' ' + s.snapshot().state())
                .toList();
    }

    @Test
    void streamOfEvents_waitsForNoSnapshot() {
        SourceConfig shop = Objects.requireNonNull(CONFIG.sources().get("shop"));
        SourcePart part = new SourcePart(
                shop,
                CONFIG.streamsOf("shop"),
                Settings.relay(CONFIG, shop, Map.of("bootstrap.servers", "localhost:9092")),
                Sources.of(shop, InstantSource.system()),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                InstantSource.system());
        assertEquals(List.of("orders waiting waiting", "told waiting none"), snapshots(part.streamStatus()));
        ServerStatus starting = Parts.starting(CONFIG, Instant.EPOCH);
        assertEquals(List.of("orders waiting unknown", "told waiting none"), snapshots(starting.streams()));
    }
}
