package dev.freshet.relay.internal;

import dev.freshet.capture.LogEvent;
import dev.freshet.model.DeadLetterHeaders;
import dev.freshet.model.EventRecord;
import dev.freshet.model.Names;
import dev.freshet.model.RetriableException;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.PublishedEvent;
import dev.freshet.relay.RelaySettings;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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
    private final Set<String> writable;

    /**
     * Creates it.
     *
     * @param topics the streams that have a topic
     * @param muted those whose topic takes nothing now
     */
    EventRouting(RelaySettings settings, Set<String> topics, Set<String> muted) {
        this.source = settings.source();
        this.takesEvents = settings.takesEvents();
        this.writable = topics.stream().filter(t -> !muted.contains(t)).collect(Collectors.toUnmodifiableSet());
    }

    /** Returns the record to write; empty where the source has no streams of events, so that they are another relay's. */
    Optional<EventRecord> of(EventRecord record) {
        if (!takesEvents) {
            return Optional.empty();
        }
        String stream = record.stream();
        if (writable.contains(stream) && !stream.equals(Names.DEAD_LETTERS)) {
            return Optional.of(record);
        }
        return Optional.of(letter(
                record.event(),
                record,
                "stream-not-writable",
                "Source '" + source + "' has no stream of events '" + stream
                        + "', or its topic takes no records now: name it" + " under streams with source: " + source
                        + " and events: true, or mend it"));
    }

    /** Returns the dead letter of what could not be read as an event; empty where such are another relay's. */
    Optional<EventRecord> of(LogEvent.Unreadable unreadable) {
        if (!takesEvents) {
            return Optional.empty();
        }
        PublishedEvent raw = new PublishedEvent(
                EventIds.of(unreadable.committedAt(), unreadable.position().toString()),
                Names.DEAD_LETTERS,
                null,
                UNREADABLE,
                "application/octet-stream",
                Map.of(),
                unreadable.content());
        return Optional.of(letter(
                raw,
                new EventRecord(raw, unreadable.position(), unreadable.committedAt()),
                "unreadable",
                "What stands in the log at " + unreadable.position() + " is no event: " + unreadable.reason()));
    }

    private EventRecord letter(PublishedEvent event, EventRecord at, String error, String reason) {
        if (!writable.contains(Names.DEAD_LETTERS)) {
            throw new RetriableException("The " + event + " cannot be sent, and the dead letters of source '" + source
                    + "' take no records either. " + reason);
        }
        LOG.warn("The {} at {} goes to the dead letters: {}", event, at.position(), reason);
        Map<String, String> headers = Map.of(
                DeadLetterHeaders.STREAM, event.stream(),
                DeadLetterHeaders.ERROR, error,
                DeadLetterHeaders.REASON, reason);
        return new EventRecord(event.forStream(Names.DEAD_LETTERS, headers), at.position(), at.committedAt());
    }
}
