package dev.freshet.bench.contender;

import dev.freshet.bench.process.Contender;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;

/** Freshet's whole way in one process: a relay, and a replica that copies its stream. */
public final class FreshetWay implements Contender {
    private final FreshetRelay relay = new FreshetRelay();
    private final FreshetReplica replica = new FreshetReplica();

    /** Creates the contender. */
    public FreshetWay() {}

    @Override
    public void start(Settings settings, Signals signals) {
        relay.start(settings, signals);
        replica.start(settings, signals);
    }

    @Override
    public void stop() {
        replica.stop();
        relay.stop();
    }
}
