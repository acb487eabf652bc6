package dev.freshet.server.run;

import dev.freshet.capture.Source;
import dev.freshet.capture.mariadb.MariaDbPolled;
import dev.freshet.capture.polling.PolledDatabase;
import dev.freshet.capture.polling.PollingSettings;
import dev.freshet.capture.polling.PollingSource;
import dev.freshet.capture.postgres.PostgresPolled;
import dev.freshet.capture.postgres.PostgresSettings;
import dev.freshet.capture.postgres.PostgresSource;
import dev.freshet.server.config.SourceConfig;
import java.time.InstantSource;
import java.util.function.Supplier;

/** From a source's configuration to what captures it. */
public final class Sources {
    private static final String MYSQL = "jdbc:mysql:";

    private Sources() {}

    /** Returns what opens a source for one relay; nothing is connected before the first question. */
    public static Supplier<Source> of(SourceConfig source, InstantSource clock) {
        return switch (source.type()) {
            case POSTGRESQL -> {
                PostgresSettings settings = Settings.postgres(source);
                yield () -> PostgresSource.create(settings, clock);
            }
            case POLLING -> {
                PollingSettings settings = Settings.polling(source);
                yield PollingSource.of(settings, database(settings));
            }
        };
    }

    private static PolledDatabase database(PollingSettings settings) {
        return settings.url().isPostgres()
                ? new PostgresPolled(settings)
                : new MariaDbPolled(settings, settings.url().value().startsWith(MYSQL));
    }
}
