package dev.freshet.relay.internal;

import dev.freshet.capture.OutboxCleaner;
import dev.freshet.capture.OutboxSnapshot;
import dev.freshet.capture.SlotState;
import dev.freshet.capture.Source;
import dev.freshet.model.agent.Agent;
import dev.freshet.model.ledger.ServerSeen;
import dev.freshet.relay.RelaySettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears the outbox table of events that are durable in Kafka, beside the relay, and has it make the partitions of the time to
 * come. A snapshot of the table is taken first; once a durable boundary of the log stands behind all that it shows, and no
 * stream's events of before are left to send, what it shows may go.
 */
public final class OutboxKeeper implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxKeeper.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final int PAUSES_A_PARTITION = 4;

    private final RelaySettings settings;
    private final Ports ports;
    private final InstantSource clock;
    private final Mailbox<Durable, Integer> mailbox = new Mailbox<>();
    private @Nullable Source source;
    private @Nullable OutboxCleaner table;
    private @Nullable OutboxSnapshot taken;
    private long turn;
    private Instant next = Instant.MIN;

    /** Creates a keeper that waits for a leader. */
    public OutboxKeeper(RelaySettings settings, Ports ports, InstantSource clock) {
        this.settings = settings;
        this.ports = ports;
        this.clock = clock;
    }

    /**
     * What is durable.
     *
     * @param server the server whose log the relay follows, as far as the last boundary
     * @param whole whether nothing that the table had before is left to be sent
     */
    record Durable(ServerSeen server, boolean whole) {}

    /** Begins, or goes on, to clear what is durable. Called by the relay's thread. */
    void lead(Durable durable) {
        mailbox.ask(durable);
    }

    /** Stops to clear. Called by the relay's thread. */
    void rest() {
        mailbox.rest();
    }

    @Override
    public String name() {
        return "outbox/" + settings.source();
    }

    @Override
    public int doWork() {
        Mailbox.Asked<Durable> asked = mailbox.asked();
        if (settings.events().outbox().isEmpty()
                || asked == null
                || clock.instant().isBefore(next)) {
            return 0;
        }
        if (asked.turn() != turn) {
            // positions of before may be another history's
            turn = asked.turn();
            taken = null;
        }
        try {
            return clear(asked.question());
        } catch (RuntimeException e) {
            // what it is connected to next may be another server
            taken = null;
            throw e;
        }
    }

    private int clear(Durable durable) {
        OutboxSnapshot shown = taken;
        if (shown == null) {
            taken = table().snapshot();
            return 1;
        }
        if (!durable.whole() || durable.server().flushedLsn() < shown.lsn()) {
            return 0;
        }
        if (!isOf(durable)) {
            taken = null;
            return 0;
        }
        int dropped = table().clear(shown, settings.events().outboxRetention());
        if (dropped > 0) {
            LOG.info(
                    "Source {}: its outbox table was cleared of {} pieces (partitions, or rows where it has none)",
                    settings.source(),
                    dropped);
        }
        taken = null;
        next = clock.instant().plus(pause());
        return 1;
    }

    /**
     * Returns whether the server is the one whose log the relay follows, and not one in its place that the relay has not noticed
     * yet: the log of such a one may have grown as far, but it has no slot, or none that is read. Asked behind the snapshot, it holds
     * for the connection of that, which ends with its server.
     */
    private boolean isOf(Durable durable) {
        Source present = Objects.requireNonNull(source);
        return durable.server().isStill(Losses.look(present, present.identify()))
                && present.slot().map(SlotState::activePid).isPresent();
    }

    private Duration pause() {
        Duration part = settings.events().outboxRetention().partition().dividedBy(PAUSES_A_PARTITION);
        return part.compareTo(LONGEST_PAUSE) < 0 ? part : LONGEST_PAUSE;
    }

    private OutboxCleaner table() {
        OutboxCleaner present = table;
        if (present == null) {
            Source opened = ports.openSource();
            source = opened;
            present = opened.outboxCleaner(settings.events().outbox().orElseThrow());
            table = present;
        }
        return present;
    }

    @Override
    public void close() {
        if (table != null) {
            table.close();
        }
        if (source != null) {
            source.close();
        }
    }
}
