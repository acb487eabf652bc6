package dev.freshet.bench.contender;

import dev.freshet.capture.OutboxRetention;
import java.time.Duration;
import java.util.Optional;

/** Freshet's relay of an outbox table whose partitions hold the events of 10 s. */
public final class FreshetShortOutboxRelay extends FreshetRelay {
    /** Creates the contender. */
    public FreshetShortOutboxRelay() {
        super(Relayed.events(Optional.of(new OutboxRetention(Optional.of(Duration.ZERO), Duration.ofSeconds(10)))));
    }
}
