package dev.freshet.outbox;

import dev.freshet.model.Names;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.PublishedEvent;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Encodes events, and refuses those that could not be relayed, while their transaction can still be rolled back. */
final class EventChecks {
    private static final String TRACE_PARENT = "traceparent";
    private static final int LONGEST_TYPE = 255;

    private final Set<String> streams;
    private final EventCodec codec;
    private final int maxBytes;
    private final EventIds ids;
    private final Supplier<@Nullable String> traceParent;

    EventChecks(
            Set<String> streams, EventCodec codec, int maxBytes, EventIds ids, Supplier<@Nullable String> traceParent) {
        this.streams = Set.copyOf(streams);
        this.codec = codec;
        this.maxBytes = maxBytes;
        this.ids = ids;
        this.traceParent = traceParent;
    }

    PublishedEvent encode(Event event) {
        checkStream(event);
        if (event.type().isBlank() || event.type().length() > LONGEST_TYPE) {
            throw refused(event, "its type has " + event.type().length() + " characters; give it 1 to " + LONGEST_TYPE);
        }
        if (event.key() == null && !event.isUnordered()) {
            throw refused(
                    event,
                    "it has no key, by which events are kept in order: give it key(…), or say unordered() if its order"
                            + " does not matter");
        }
        UUID id = event.id() == null ? ids.next() : event.id();
        if (!EventIds.isTimed(id)) {
            throw refused(
                    event,
                    "its id is no UUID of version 7, whose time says which partition holds it: use EventIds.of(time, name)"
                            + " for one that is the same when it is published again");
        }
        PublishedEvent encoded = new PublishedEvent(
                id,
                event.stream(),
                event.key(),
                event.type(),
                event.contentType() == null ? codec.contentType() : event.contentType(),
                headers(event),
                payload(event));
        checkSize(event, encoded);
        return encoded;
    }

    private void checkStream(Event event) {
        if (streams.isEmpty()) {
            try {
                Names.require("stream", event.stream());
            } catch (IllegalArgumentException e) {
                throw new EventRefusedException("The " + event + " is refused: " + e.getMessage(), e);
            }
        } else if (!streams.contains(event.stream())) {
            throw refused(
                    event,
                    "the outbox knows the streams " + streams.stream().sorted().toList()
                            + " alone: correct the name, or add it to streams(…) and to the relay's configuration");
        }
    }

    private Map<String, String> headers(Event event) {
        Map<String, String> headers = new LinkedHashMap<>();
        String trace = traceParent.get();
        if (trace != null) {
            headers.put(TRACE_PARENT, trace);
        }
        event.headers().forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (name.isEmpty()
                    || lower.startsWith("ce_")
                    || lower.startsWith("freshet-")
                    || lower.equals("content-type")) {
                throw refused(
                        event,
                        "its header '" + name
                                + "' has a name that is taken: it must not be empty, 'content-type', or begin with 'ce_' or"
                                + " 'freshet-'");
            }
            headers.put(name, value);
        });
        return headers;
    }

    @SuppressWarnings("IllegalCatch") // a codec's failure, whichever it is, is told as the event's
    private byte[] payload(Event event) {
        Object payload = event.payload();
        if (payload == null) {
            throw refused(event, "it has no payload: give it payload(…)");
        }
        if (event.contentType() != null) {
            return (byte[]) payload;
        }
        try {
            return codec.encode(payload);
        } catch (Exception e) {
            throw new EventRefusedException(
                    "The " + event + " is refused: its payload, a "
                            + payload.getClass().getName()
                            + ", could not be encoded as " + codec.contentType() + " by "
                            + codec.getClass().getName() + ": mend its class, or give payload(bytes, mediaType)",
                    e);
        }
    }

    private void checkSize(Event event, PublishedEvent encoded) {
        long size = encoded.payload().length + bytes(encoded.key());
        for (Map.Entry<String, String> header : encoded.headers().entrySet()) {
            size += bytes(header.getKey()) + bytes(header.getValue());
        }
        if (size > maxBytes) {
            throw refused(
                    event,
                    "it has " + size + " bytes, key and headers included, and at most " + maxBytes
                            + " are allowed: send what it refers to another way, or raise maxBytes(…) together with"
                            + " Kafka's max.message.bytes of its topic");
        }
    }

    private static long bytes(@Nullable String text) {
        return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static EventRefusedException refused(Event event, String why) {
        return new EventRefusedException("The " + event + " is refused: " + why, null);
    }
}
