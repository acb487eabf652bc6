package dev.freshet.faults;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.EmbeddedPostgres;
import dev.freshet.embedded.EmbeddedServer;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Fills the disks of the servers one after the other; their folders are small file systems of their own. */
final class FullDiskMain {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final long MANY = 3_000;
    private static final long LIMIT_SECONDS = 30;
    private static final String GROW =
            "INSERT INTO item SELECT last + n, repeat(md5(n::text), 30) FROM (SELECT coalesce(max(id), 0) AS last FROM item) i,"
                    + " generate_series(1, 300) n";
    private static final String YAML = """
            kafka:
              bootstrap-servers: "%s"
              properties: { request.timeout.ms: 3000, delivery.timeout.ms: 6000, max.block.ms: 6000, default.api.timeout.ms: 6000 }
            sources: { shop: { url: "%s", user: "%s", password: "%s" } }
            streams: { items: { source: shop, table: public.item, partitions: 2 } }
            replicas:
              copies:
                streams: { items: { table: public.item } }
                url: "%s"
                user: "%s"
                password: "%s"
            http: { port: 0 }
            """;

    private final LiveCopies copies;
    private final LiveCopies.Database source;

    private FullDiskMain(LiveCopies copies, LiveCopies.Database source) {
        this.copies = copies;
        this.source = source;
    }

    /** Ends with 0 if each full disk was told, and the copy was equal to its source after it. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"));
                EmbeddedPostgres shop = EmbeddedPostgres.start(folder.resolve("source"));
                EmbeddedPostgres shipping = EmbeddedPostgres.start(folder.resolve("target"))) {
            shop.createDatabase("a");
            shipping.createDatabase("b");
            LiveCopies.Database source = () -> shop.connect("a");
            source.execute("CREATE TABLE item (id bigint PRIMARY KEY, name text)", GROW);
            Configuration config = ConfigurationFile.parse(
                    "freshet.yaml",
                    YAML.formatted(
                            kafka.bootstrapServers(),
                            shop.jdbcUrl("a"),
                            shop.user(),
                            shop.password(),
                            shipping.jdbcUrl("b"),
                            shipping.user(),
                            shipping.password()),
                    Map.of());
            try (LiveCopies copies = new LiveCopies(config, folder, source, () -> shipping.connect("b"))) {
                copies.awaitReady();
                FullDiskMain main = new FullDiskMain(copies, source);
                main.fill(shipping, () -> main.grows() && main.isBehind());
                main.fill(shop, () -> !main.grows());
                main.fill(kafka, () -> main.grows() && main.isTold("Kafka"));
            }
        }
        System.exit(0);
    }

    private boolean grows() {
        try {
            source.execute(GROW);
            return true;
        } catch (SQLException full) {
            System.out.println("The source refuses: " + full.getMessage());
            return false;
        }
    }

    private boolean isBehind() {
        return copies.status().replicas().stream().anyMatch(r -> r.changesBehind() > MANY);
    }

    private boolean isTold(String word) {
        return copies.status().problems().stream().anyMatch(p -> p.contains(word));
    }

    private void fill(EmbeddedServer server, Callable<Boolean> noticed) throws IOException, SQLException {
        server.onDeath(death -> System.out.println(death.summary()));
        Path filler = server.directory().resolve("filler");
        fill(filler);
        System.out.println(server + " is full");
        try {
            Awaitility.await().atMost(Duration.ofSeconds(LIMIT_SECONDS)).until(noticed);
        } catch (ConditionTimeoutException e) {
            throw new IllegalStateException("It was not told: " + copies.status(), e);
        }
        copies.status().problems().forEach(p -> System.out.println("told: " + p));
        Files.delete(filler);
        if (server instanceof EmbeddedKafka) {
            // a broker gives a log folder up at the first write that fails, until it is started again
            server.restart();
        }
        copies.awaitAll();
        copies.assertSame("SELECT * FROM item ORDER BY id", "SELECT * FROM item ORDER BY id");
        System.out.println(server + " has room again, and the copy is equal");
    }

    private static void fill(Path filler) throws IOException {
        try (OutputStream out = Files.newOutputStream(filler)) {
            byte[] chunk = new byte[CHUNK_BYTES];
            while (true) {
                out.write(chunk);
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw e;
            }
        }
    }
}
