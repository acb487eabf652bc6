package dev.freshet.replica.postgres;

import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.CopyStore;

/** The copies of a replica in a PostgreSQL database. */
public final class PostgresCopyStore implements CopyStore {
    private final ReplicaConfig config;
    private final ConsumerDb consumer;
    private final Calls calls;

    /** Creates the store of a replica; it connects only when asked. */
    public PostgresCopyStore(ReplicaConfig config) {
        this.config = config;
        this.consumer = new ConsumerDb(config);
        this.calls = new Calls(config.showData());
    }

    @Override
    public CopySession open() {
        return new PostgresSession(config, consumer, calls.ask(consumer::open), calls);
    }
}
