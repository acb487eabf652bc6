package dev.freshet.bench.contender;

import dev.freshet.bench.process.Contender;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import dev.freshet.model.Names;
import dev.freshet.replica.Consistency;
import dev.freshet.replica.Replica;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.ReplicaStatus;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.table.TableName;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Freshet's replica with its defaults: the stream of {@link FreshetRelay}, all columns by their own names. */
public final class FreshetReplica implements Contender {
    private static final long WATCH_NANOS = 250_000_000;

    private final Consistency consistency;
    private @Nullable Replica replica;
    private volatile boolean stopping;

    /** Creates the contender. */
    public FreshetReplica() {
        this(Consistency.PER_KEY);
    }

    FreshetReplica(Consistency consistency) {
        this.consistency = consistency;
    }

    @Override
    public void start(Settings settings, Signals signals) {
        String source = settings.get(Keys.SLOT);
        StreamTarget target = new StreamTarget(
                FreshetRelay.STREAM,
                settings.get(Keys.TOPIC),
                Names.ledger(source),
                TableName.parse("public." + settings.get(Keys.COPY)),
                Map.of());
        ReplicaConfig config = ReplicaConfig.builder(source + '-' + settings.get(Keys.COPY)).stream(target)
                .consistency(consistency)
                .database(
                        settings.get(Keys.TARGET_URL),
                        settings.get(Keys.TARGET_USER),
                        settings.get(Keys.TARGET_PASSWORD))
                .kafka("bootstrap.servers", settings.get(Keys.KAFKA))
                .build();
        stopping = false;
        Replica started = Replica.start(config, Clock.systemUTC());
        replica = started;
        Thread watch = new Thread(() -> watch(started, signals), "replica-watch");
        watch.setDaemon(true);
        watch.start();
    }

    private void watch(Replica running, Signals signals) {
        while (!stopping) {
            LockSupport.parkNanos(WATCH_NANOS);
            ReplicaStatus status = running.status();
            if (!stopping
                    && (status.state() == ReplicaStatus.State.STOPPED
                            || status.state() == ReplicaStatus.State.RETRYING)) {
                signals.failed(new IllegalStateException("The replica has stopped: " + status.reason()));
                return;
            }
        }
    }

    @Override
    public void stop() {
        stopping = true;
        Replica running = replica;
        if (running != null) {
            running.close();
        }
    }
}
