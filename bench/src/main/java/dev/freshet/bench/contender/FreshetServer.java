package dev.freshet.bench.contender;

import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.process.Contender;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import dev.freshet.server.Server;
import dev.freshet.server.config.ConfigurationFile;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Freshet's server as {@code freshet run} starts it, HTTP included: one table, captured and copied, by a file of defaults. */
public final class FreshetServer implements Contender {
    private static final String FILE = """
            kafka: { bootstrap-servers: "${KAFKA}" }
            sources:
              bench: { url: "${SOURCE_URL}", user: "${SOURCE_USER}", password: "${SOURCE_PASSWORD}", slot: "${SLOT}" }
            streams:
              rows: { source: bench, table: public.%s }
            replicas:
              copy:
                streams: { rows: { table: "public.${COPY}" } }
                url: "${TARGET_URL}"
                user: "${TARGET_USER}"
                password: "${TARGET_PASSWORD}"
            http: { port: 0 }
            """.formatted(BenchTable.NAME);

    private @Nullable Server server;

    /** Creates the contender. */
    public FreshetServer() {}

    @Override
    public void start(Settings settings, Signals signals) {
        Map<String, String> values = Map.of(
                "KAFKA", settings.get(Keys.KAFKA),
                "SOURCE_URL", settings.get(Keys.SOURCE_URL),
                "SOURCE_USER", settings.get(Keys.SOURCE_USER),
                "SOURCE_PASSWORD", settings.get(Keys.SOURCE_PASSWORD),
                "SLOT", settings.get(Keys.SLOT),
                "COPY", settings.get(Keys.COPY),
                "TARGET_URL", settings.get(Keys.TARGET_URL),
                "TARGET_USER", settings.get(Keys.TARGET_USER),
                "TARGET_PASSWORD", settings.get(Keys.TARGET_PASSWORD));
        server = Server.start(
                ConfigurationFile.parse("bench.yaml", FILE, values),
                Path.of(settings.get(Keys.FILE)),
                Clock.systemUTC());
    }

    @Override
    public void stop() {
        Server running = server;
        if (running != null) {
            running.close();
        }
    }
}
