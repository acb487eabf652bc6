package dev.freshet.bench.contender;

import dev.freshet.capture.OutboxRetention;
import java.util.Optional;

/** Freshet's relay of an outbox table, cleared as by default. */
public final class FreshetOutboxRelay extends FreshetRelay {
    /** Creates the contender. */
    public FreshetOutboxRelay() {
        super(Relayed.events(Optional.of(OutboxRetention.DEFAULT)));
    }
}
