package dev.freshet.relay.internal;

import dev.freshet.capture.FreshnessSample;
import dev.freshet.capture.SlotState;
import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.model.agent.Agent;
import dev.freshet.relay.RelaySettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Samples the source beside the relay, so that its queries never hold up a change, and writes heartbeats while the source
 * is idle. Samples only while a relay leads, which it tells by {@link #lead}.
 */
public final class Sampler implements Agent {
    /** How often it is looked whether a stream that is not begun can be. */
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(5);

    private final RelaySettings settings;
    private final Ports ports;
    private final InstantSource clock;
    private final Mailbox<Wanted, Sampled> mailbox = new Mailbox<>();
    private @Nullable Source source;
    private Instant nextSample = Instant.MIN;
    private Instant nextLook = Instant.MIN;
    private Instant nextHeartbeat;

    /** Creates a sampler that waits for a leader. */
    public Sampler(RelaySettings settings, Ports ports, InstantSource clock) {
        this.settings = settings;
        this.ports = ports;
        this.clock = clock;
        this.nextHeartbeat = clock.instant().plus(settings.heartbeatInterval());
    }

    /** Begins, or goes on, to sample what the relay wants to know. Called by the relay's thread. */
    void lead(Wanted wanted) {
        mailbox.ask(wanted);
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
        mailbox.answer(asked, new Sampled(s.sample(wanted.catalogs()), slot, capturable(s, wanted.notBegun(), now)));
        if (!now.isBefore(nextHeartbeat)) {
            nextHeartbeat = now.plus(settings.heartbeatInterval());
            if (wanted.lastTransaction().isBefore(now.minus(settings.heartbeatInterval()))) {
                s.heartbeat();
            }
        }
        return 1;
    }

    private List<String> capturable(Source s, List<TableCapture> notBegun, Instant now) {
        if (notBegun.isEmpty() || now.isBefore(nextLook)) {
            return List.of();
        }
        nextLook = now.plus(LOOK_INTERVAL);
        return notBegun.stream()
                .filter(t -> s.check(List.of(t)).isEmpty())
                .map(TableCapture::stream)
                .toList();
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
     * @param notBegun the tables that could not be captured, of streams that are begun as soon as they can
     */
    record Wanted(Map<String, String> catalogs, Instant lastTransaction, List<TableCapture> notBegun) {}

    /**
     * What one look at the source gave.
     *
     * @param sample clock, log position and catalog
     * @param slot the slot, or empty if it is gone
     * @param capturable the streams not begun whose tables can be captured now
     */
    record Sampled(FreshnessSample sample, Optional<SlotState> slot, List<String> capturable) {}
}
