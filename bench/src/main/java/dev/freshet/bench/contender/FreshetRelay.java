package dev.freshet.bench.contender;

import dev.freshet.bench.process.Contender;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import dev.freshet.capture.Source;
import dev.freshet.capture.postgres.PostgresSettings;
import dev.freshet.capture.postgres.PostgresSource;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.HeaderSet;
import dev.freshet.relay.Relay;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.RelayStatus;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Freshet's relay with its defaults, one stream of one partition; that of a table's rows unless a subclass says otherwise. */
public class FreshetRelay implements Contender {
    /** The name of the one stream. */
    static final String STREAM = "rows";

    private static final Duration SNAPSHOT_LIMIT = Duration.ofSeconds(60);
    private static final long PAUSE_MILLIS = 10;

    private final Relayed relayed;
    private @Nullable Relay relay;
    private CompletableFuture<?> end = CompletableFuture.completedFuture(null);

    /** Creates the contender. */
    public FreshetRelay() {
        this(Relayed.rows(HeaderSet.CLOUDEVENTS));
    }

    FreshetRelay(Relayed relayed) {
        this.relayed = relayed;
    }

    @Override
    public final void start(Settings settings, Signals signals) {
        String source = settings.get(Keys.SLOT);
        RelaySettings whole = RelaySettings.builder(
                        source, relayed.streams(settings), Map.of("bootstrap.servers", settings.get(Keys.KAFKA)))
                .slot(source)
                .events(relayed.events(settings))
                .build();
        Relay started = Relay.start(whole, sources(settings), InstantSource.system());
        end = started.ended().whenComplete((ended, failure) -> {
            if (failure != null) {
                signals.failed(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure);
            }
        });
        relay = started;
    }

    /** What it reads: PostgreSQL's log, unless a subclass says otherwise. */
    Supplier<? extends Source> sources(Settings settings) {
        String slot = settings.get(Keys.SLOT);
        PostgresSettings database = PostgresSettings.builder(
                        slot,
                        settings.get(Keys.SOURCE_URL),
                        settings.get(Keys.SOURCE_USER),
                        settings.get(Keys.SOURCE_PASSWORD))
                .slot(slot)
                .build();
        return () -> PostgresSource.create(database, InstantSource.system());
    }

    /** Whether topic and ledger are there and changes flow. */
    final boolean leads() {
        Relay running = relay;
        return running != null
                && running.status().state() == RelayStatus.State.RUNNING
                && running.status().position() != null;
    }

    /**
     * Ends the relay once its snapshot is done. One that goes on with the next start reads the table as it is then, with the rows
     * that are measured, and sends them again behind the log's, as it may.
     */
    @Override
    public final void stop() throws InterruptedException {
        Relay running = relay;
        if (running != null) {
            awaitSnapshot(running);
            running.close();
            end.join();
        }
    }

    private static void awaitSnapshot(Relay running) throws InterruptedException {
        long deadline = System.nanoTime() + SNAPSHOT_LIMIT.toNanos();
        while (!running.ended().isDone()
                && running.status().streams().stream().anyMatch(s -> s.status() == StreamStatus.SNAPSHOTTING)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "The snapshot is not done after " + SNAPSHOT_LIMIT.toSeconds() + " s: " + running.status());
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }
}
