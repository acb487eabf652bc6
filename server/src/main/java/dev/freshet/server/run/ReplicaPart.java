package dev.freshet.server.run;

import dev.freshet.replica.Replica;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.ReplicaStatus;
import dev.freshet.server.ServerStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A replica. */
final class ReplicaPart {
    private final String name;
    private final String consistency;
    private final Clock clock;
    private final Part<RunningReplica> part;

    ReplicaPart(
            ReplicaConfig settings, BooleanSupplier mayStart, Duration firstPause, Duration longestPause, Clock clock) {
        this.name = settings.name();
        this.consistency = settings.consistency().text();
        this.clock = clock;
        this.part = new Part<>(
                "Replica '" + name + "'",
                () -> new RunningReplica(Replica.start(settings, clock)),
                mayStart,
                firstPause,
                longestPause,
                clock);
    }

    private record RunningReplica(Replica replica) implements Running {
        @Override
        public Instant lastReturn() {
            return replica.lastMoved();
        }

        @Override
        public CompletableFuture<?> ended() {
            return replica.ended();
        }

        @Override
        public void close() {
            replica.close();
        }
    }

    Part<?> part() {
        return part;
    }

    ServerStatus.ReplicaStatus status() {
        RunningReplica running = part.running();
        if (running == null) {
            String failure = part.failureMessage();
            return new ServerStatus.ReplicaStatus(
                    name,
                    failure == null ? "waiting" : "failed",
                    failure,
                    null,
                    null,
                    -1,
                    -1,
                    false,
                    false,
                    0,
                    -1,
                    consistency,
                    null);
        }
        ReplicaStatus now = running.replica().status();
        Long freshness = now.freshnessMillis();
        return new ServerStatus.ReplicaStatus(
                name,
                now.state().text(),
                now.reason(),
                now.position(),
                completeTo(freshness),
                freshness == null ? -1 : freshness,
                now.changesBehind(),
                now.complete(),
                now.caughtUp(),
                now.applied() + now.fillRows(),
                now.parkedKeys(),
                now.consistency().text(),
                now.active());
    }

    private @Nullable Instant completeTo(@Nullable Long freshnessMillis) {
        return freshnessMillis == null ? null : clock.instant().minusMillis(freshnessMillis);
    }
}
