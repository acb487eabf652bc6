package dev.freshet.bench.contender;

import dev.freshet.bench.process.Contender;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import dev.freshet.relay.HeaderSet;

/** {@link FreshetWay} whose records have no headers of CloudEvents, as those of Debezium have none. */
public final class FreshetLeanWay implements Contender {
    private final FreshetWay way = new FreshetWay(HeaderSet.MINIMAL);

    /** Creates the contender. */
    public FreshetLeanWay() {}

    @Override
    public void start(Settings settings, Signals signals) {
        way.start(settings, signals);
    }

    @Override
    public void stop() throws InterruptedException {
        way.stop();
    }
}
