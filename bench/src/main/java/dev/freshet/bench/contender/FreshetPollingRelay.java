package dev.freshet.bench.contender;

import dev.freshet.bench.process.Settings;
import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.Source;
import dev.freshet.capture.polling.PollingSettings;
import dev.freshet.capture.polling.PollingSource;
import dev.freshet.capture.postgres.PostgresPolled;
import dev.freshet.model.JdbcUrl;
import java.util.Optional;
import java.util.function.Supplier;

/** Freshet's relay of an outbox table that it polls, cleared as by default. */
public final class FreshetPollingRelay extends FreshetRelay {
    /** Creates the contender. */
    public FreshetPollingRelay() {
        super(Relayed.events(Optional.of(OutboxRetention.DEFAULT)));
    }

    @Override
    Supplier<? extends Source> sources(Settings settings) {
        PollingSettings polled = PollingSettings.builder(
                        settings.get(Keys.SLOT),
                        new JdbcUrl(settings.get(Keys.SOURCE_URL)),
                        settings.get(Keys.SOURCE_USER),
                        settings.get(Keys.SOURCE_PASSWORD),
                        "public." + settings.get(Keys.TABLE))
                .slot(settings.get(Keys.SLOT))
                .build();
        return PollingSource.of(polled, new PostgresPolled(polled));
    }
}
