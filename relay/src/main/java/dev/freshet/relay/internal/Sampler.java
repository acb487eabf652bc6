package dev.freshet.relay.internal;

import dev.freshet.capture.FreshnessSample;
import dev.freshet.capture.SlotState;
import dev.freshet.capture.Source;
import dev.freshet.model.agent.Agent;
import dev.freshet.relay.RelaySettings;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Samples the source beside the relay, so that its queries never hold up a change, and writes heartbeats while the source
 * is idle. Samples only while a relay leads, which it tells by {@link #lead}.
 */
public final class Sampler implements Agent {
    private final RelaySettings settings;
    private final Ports ports;
    private final InstantSource clock;
    private final Mailbox<Wanted, Sampled> mailbox = new Mailbox<>();
    private @Nullable Source source;
    private Instant nextSample = Instant.MIN;
    private Instant nextHeartbeat;

    /** Creates a sampler that waits for a leader. */
    public Sampler(RelaySettings settings, Ports ports, InstantSource clock) {
        this.settings = settings;
        this.ports = ports;
        this.clock = clock;
        this.nextHeartbeat = clock.instant().plus(settings.heartbeatInterval());
    }

    /** Begins, or goes on, to sample with the catalog texts by stream. Called by the relay's thread. */
    void lead(Map<String, String> catalogs, Instant transactionSeen) {
        mailbox.ask(new Wanted(catalogs, transactionSeen));
    }

    /** Stops to sample and forgets the newest sample. Called by the relay's thread. */
    void rest() {
        mailbox.rest();
    }

    /** Returns the newest sample once. Called by the relay's thread. */
    @Nullable
    Sampled take() {
        return mailbox.take();
    }

    @Override
    public String name() {
        return "sampler/" + settings.source();
    }

    @Override
    public int doWork() {
        Mailbox.Asked<Wanted> asked = mailbox.asked();
        Instant now = clock.instant();
        if (asked == null || now.isBefore(nextSample)) {
            return 0;
        }
        nextSample = now.plus(settings.sampleInterval());
        Source s = source;
        if (s == null) {
            s = ports.openSource();
            source = s;
        }
        Optional<SlotState> slot = s.slot();
        Wanted wanted = asked.question();
        mailbox.answer(asked, new Sampled(s.sample(wanted.catalogs()), slot));
        if (!now.isBefore(nextHeartbeat)) {
            nextHeartbeat = now.plus(settings.heartbeatInterval());
            if (wanted.lastTransaction().isBefore(now.minus(settings.heartbeatInterval()))) {
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
     * What the relay wants to know.
     *
     * @param catalogs the catalog texts by stream that the source's are compared with
     * @param lastTransaction when the log last showed a transaction
     */
    record Wanted(Map<String, String> catalogs, Instant lastTransaction) {}

    /**
     * What one look at the source gave.
     *
     * @param sample clock, log position and catalog
     * @param slot the slot, or empty if it is gone
     */
    record Sampled(FreshnessSample sample, Optional<SlotState> slot) {}
}
