package dev.freshet.bench.contender;

import dev.freshet.bench.process.Contender;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import dev.freshet.replica.Consistency;

/** {@link FreshetReplica} that moves its copy by whole transactions. */
public final class FreshetWholeReplica implements Contender {
    private final FreshetReplica replica = new FreshetReplica(Consistency.PER_TRANSACTION);

    /** Creates the contender. */
    public FreshetWholeReplica() {}

    @Override
    public void start(Settings settings, Signals signals) {
        replica.start(settings, signals);
    }

    @Override
    public void stop() {
        replica.stop();
    }
}
