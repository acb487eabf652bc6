package dev.freshet.bench.contender;

import java.util.Optional;

/** Freshet's relay of events that are messages in the log alone. */
public final class FreshetMessageRelay extends FreshetRelay {
    /** Creates the contender. */
    public FreshetMessageRelay() {
        super(Relayed.events(Optional.empty()));
    }
}
