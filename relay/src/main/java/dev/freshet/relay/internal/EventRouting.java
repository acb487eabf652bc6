package dev.freshet.relay.internal;

import dev.freshet.capture.LogEvent;
import dev.freshet.model.DeadLetterHeaders;
import dev.freshet.model.EventRecord;
import dev.freshet.model.Names;
import dev.freshet.model.RetriableException;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.EventRules;
import dev.freshet.model.event.PublishedEvent;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides where an event goes: to its stream's topic, or, where that cannot be, to the source's dead letters, in the same
 * transaction. Belongs to the relay's thread.
 */
final class EventRouting {
    private static final Logger LOG = LoggerFactory.getLogger(EventRouting.class);
    private static final String UNREADABLE = "freshet.unreadable";

    private final String source;
    private final boolean takesEvents;
    /** How large a record may be, by stream, of those that have a topic which takes records. */
    private final Map<String, Integer> writable = new HashMap<>();

    private final Map<String, String> topics = new HashMap<>();
    private final Parking parking;
    private final InstantSource clock;
    private long letters;

    /**
     * Creates it.
     *
     * @param known the streams that have a topic
     * @param muted those whose topic takes nothing now
     * @param parking which keys wait
     */
    EventRouting(RelaySettings settings, Set<String> known, Set<String> muted, Parking parking, InstantSource clock) {
        this.source = settings.source();
        this.takesEvents = settings.takesEvents();
        this.parking = parking;
        this.clock = clock;
        for (StreamSettings stream : settings.streams()) {
            if (stream.content() instanceof StreamSettings.Events events) {
                topics.put(stream.name(), stream.topic());
                if (known.contains(stream.name()) && !muted.contains(stream.name())) {
                    writable.put(stream.name(), events.maxMessageBytes());
                }
            }
        }
    }

    /** Returns how many dead letters it has made. */
    long letters() {
        return letters;
    }

    /** Returns the record to write; empty where the source has no streams of events, so that they are another relay's. */
    Optional<EventRecord> of(LogEvent.Publication publication) {
        if (!takesEvents) {
            return Optional.empty();
        }
        return Optional.of(
                publication instanceof LogEvent.Unreadable unreadable
                        ? letter(unreadable)
                        : routed(((LogEvent.Published) publication).record()));
    }

    private EventRecord routed(EventRecord record) {
        Integer most = record.stream().equals(Names.DEAD_LETTERS) ? null : writable.get(record.stream());
        if (most == null) {
            parking.park(record, true);
            return letter(
                    record,
                    "stream-not-writable",
                    "Source '" + source + "' has no stream of events '" + record.stream()
                            + "', or its topic takes no records now: name it under streams with source: " + source
                            + " and events: true, or mend it");
        }
        if (parking.holds(record)) {
            parking.park(record, false);
            return letter(record, DeadLetterHeaders.BEHIND, "An earlier event of its key waits among the dead letters");
        }
        String fault = EventRules.fault(record.event());
        if (fault != null) {
            parking.park(record, false);
            return letter(record, "invalid", "An event cannot be sent so: " + fault);
        }
        long size = EventSize.of(record);
        if (size > most) {
            parking.park(record, false);
            return letter(
                    record,
                    "too-large",
                    "It has up to " + size + " bytes with all its headers, more than the " + most + " of streams."
                            + record.stream() + ".max-message-size");
        }
        return record;
    }

    private EventRecord letter(LogEvent.Unreadable unreadable) {
        UUID id = unreadable.id();
        PublishedEvent raw = new PublishedEvent(
                id == null
                        ? EventIds.of(
                                unreadable.committedAt(), unreadable.position().toString())
                        : id,
                Names.DEAD_LETTERS,
                null,
                UNREADABLE,
                "application/octet-stream",
                Map.of(),
                unreadable.content());
        return letter(
                new EventRecord(raw, unreadable.position(), unreadable.committedAt()),
                "unreadable",
                "What was published at " + unreadable.position() + " is no event: " + unreadable.reason());
    }

    private EventRecord letter(EventRecord at, String error, String reason) {
        PublishedEvent event = at.event();
        Map<String, String> headers = new HashMap<>();
        headers.put(DeadLetterHeaders.STREAM, event.stream());
        headers.put(DeadLetterHeaders.ERROR, error);
        headers.put(DeadLetterHeaders.REASON, reason);
        headers.put(DeadLetterHeaders.TIME, clock.instant().toString());
        String topic = topics.get(event.stream());
        if (topic != null && !event.stream().equals(Names.DEAD_LETTERS)) {
            headers.put(DeadLetterHeaders.TOPIC, topic);
        }
        EventRecord letter =
                new EventRecord(event.forStream(Names.DEAD_LETTERS, headers), at.position(), at.committedAt());
        Integer most = writable.get(Names.DEAD_LETTERS);
        if (most == null) {
            throw new RetriableException("The " + event + " cannot be sent, and the dead letters of source '" + source
                    + "' take no records either. " + reason);
        }
        if (EventSize.of(letter) > most) {
            throw new RetriableException("The " + event + " cannot be sent, and is too large for the dead letters, by "
                    + EventSize.of(letter) + " bytes to the " + most + " of sources." + source
                    + ".dead-letter-max-size: raise that, and the relay goes on. " + reason);
        }
        letters++;
        if (error.equals(DeadLetterHeaders.BEHIND)) {
            LOG.debug("The {} at {} goes to the dead letters: {}", event, at.position(), reason);
        } else {
            LOG.warn("The {} at {} goes to the dead letters: {}", event, at.position(), reason);
        }
        return letter;
    }
}
