package dev.freshet.relay.internal;

import dev.freshet.capture.FreshnessSample;
import dev.freshet.capture.SlotState;
import dev.freshet.capture.Source;
import dev.freshet.model.RetriableException;
import dev.freshet.model.agent.Agent;
import dev.freshet.relay.RelaySettings;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Samples the source beside the relay, so that its queries never hold up a change, and writes heartbeats while the source
 * is idle. Samples only while a relay leads, which it tells by {@link #lead}.
 */
public final class Sampler implements Agent {
    private final RelaySettings settings;
    private final Ports ports;
    private final InstantSource clock;
    private final AtomicReference<@Nullable Sampled> newest = new AtomicReference<>();
    private volatile @Nullable Map<String, String> known;
    private volatile Instant lastTransaction;
    private volatile @Nullable RuntimeException failure;
    private @Nullable Source source;
    private Instant nextSample = Instant.MIN;
    private Instant nextHeartbeat;

    /** Creates a sampler that waits for a leader. */
    public Sampler(RelaySettings settings, Ports ports, InstantSource clock) {
        this.settings = settings;
        this.ports = ports;
        this.clock = clock;
        this.lastTransaction = clock.instant();
        this.nextHeartbeat = lastTransaction.plus(settings.heartbeatInterval());
    }

    /** Begins, or goes on, to sample with the catalog texts by stream. Called by the relay's thread. */
    void lead(Map<String, String> catalogs, Instant transactionSeen) {
        known = catalogs;
        lastTransaction = transactionSeen;
    }

    /** Stops to sample and forgets the newest sample. Called by the relay's thread. */
    void rest() {
        known = null;
        newest.set(null);
    }

    /** Returns the newest sample once. Called by the relay's thread. */
    @Nullable
    Sampled take() {
        return newest.getAndSet(null);
    }

    @Override
    public String name() {
        return "sampler/" + settings.source();
    }

    /** Returns what ended the sampler, or null; then freshness is unknown. Called by the relay's thread. */
    @Nullable
    RuntimeException failure() {
        return failure;
    }

    @Override
    public int doWork() {
        try {
            return sample();
        } catch (RetriableException e) {
            throw e;
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    private int sample() {
        Map<String, String> catalogs = known;
        Instant now = clock.instant();
        if (catalogs == null || now.isBefore(nextSample)) {
            return 0;
        }
        nextSample = now.plus(settings.sampleInterval());
        Source s = source;
        if (s == null) {
            s = ports.openSource();
            source = s;
        }
        Optional<SlotState> slot = s.slot();
        newest.set(new Sampled(s.sample(catalogs), slot));
        if (!now.isBefore(nextHeartbeat)) {
            nextHeartbeat = now.plus(settings.heartbeatInterval());
            if (lastTransaction.isBefore(now.minus(settings.heartbeatInterval()))) {
                s.heartbeat();
            }
        }
        return 1;
    }

    @Override
    public void close() {
        if (source != null) {
            source.close();
        }
    }

    /**
     * What one look at the source gave.
     *
     * @param sample clock, log position and catalog
     * @param slot the slot, or empty if it is gone
     */
    record Sampled(FreshnessSample sample, Optional<SlotState> slot) {}
}
