package dev.freshet.outbox;

import dev.freshet.model.Names;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.EventRules;
import dev.freshet.model.event.PublishedEvent;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Encodes events, and refuses those that could not be sent, while their transaction can still be rolled back. For who adds a way
 * of publishing. Safe to share between threads.
 */
public final class EventChecks {
    private static final String TRACE_PARENT = "traceparent";

    /** How many bytes an event has at most by default: a record of Kafka's default size, less what stands around it. */
    public static final int DEFAULT_MAX_BYTES = 1_000_000;

    private final Set<String> streams;
    private final String streamAdvice;
    private final EventCodec codec;
    private final int maxBytes;
    private final EventIds ids;
    private final TraceParent traceParent;

    private EventChecks(Builder b) {
        streams = b.streams;
        streamAdvice = b.streamAdvice;
        codec = b.codec;
        maxBytes = b.maxBytes;
        ids = new EventIds(b.clock);
        traceParent = b.traceParent;
    }

    /** Tells the trace context of the work that publishes. */
    public interface TraceParent {
        /** Returns it as W3C writes it; null where there is none. */
        @Nullable
        String current();
    }

    /** Begins checks with all defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns an event as it leaves its service.
     *
     * @throws EventRefusedException if it is not allowed, with what to do
     */
    public PublishedEvent encode(Event event) {
        checkStream(event);
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
        String fault = EventRules.fault(encoded);
        if (fault != null) {
            throw refused(event, fault);
        }
        checkText(event, encoded);
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
                    "known are the streams " + streams.stream().sorted().toList() + " alone: correct the name, or "
                            + streamAdvice);
        }
    }

    private Map<String, String> headers(Event event) {
        Map<String, String> headers = new LinkedHashMap<>();
        String trace = traceParent.current();
        if (trace != null) {
            headers.put(TRACE_PARENT, trace);
        }
        headers.putAll(event.headers());
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

    /** PostgreSQL keeps no text that has a NUL, and its refusal would end the transaction. */
    private static void checkText(Event event, PublishedEvent encoded) {
        Stream<String> headers =
                encoded.headers().entrySet().stream().flatMap(h -> Stream.of(h.getKey(), h.getValue()));
        boolean nul = Stream.concat(headers, Stream.of(encoded.type(), encoded.contentType()))
                .anyMatch(EventChecks::hasNul);
        if (nul || (encoded.key() != null && hasNul(encoded.key()))) {
            throw refused(event, "its key, type, content type or a header has a NUL character: leave it out");
        }
    }

    private static boolean hasNul(String text) {
        return text.indexOf('\0') >= 0;
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

    /** Collects the settings of checks. Belongs to one thread. */
    public static final class Builder {
        private Set<String> streams = Set.of();
        private String streamAdvice = "";
        private EventCodec codec = new JsonCodec();
        private int maxBytes = DEFAULT_MAX_BYTES;
        private InstantSource clock = InstantSource.system();
        private TraceParent traceParent = () -> null;

        private Builder() {}

        /**
         * Names the streams that are known; an event for another is refused. Default: any that has an allowed name.
         *
         * @param names the streams; none for any
         * @param advice what to do for another to be known, as the end of a sentence without its full stop
         */
        public Builder streams(Set<String> names, String advice) {
            streams = Set.copyOf(names);
            streamAdvice = advice;
            return this;
        }

        /** Sets what encodes payloads that are objects. Default: {@link JsonCodec}. */
        public Builder codec(EventCodec value) {
            codec = value;
            return this;
        }

        /**
         * Sets how many bytes an event may have, key and headers included. Default: {@value #DEFAULT_MAX_BYTES}.
         *
         * @param value from 1
         */
        public Builder maxBytes(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("maxBytes must be 1 or more, but is " + value);
            }
            maxBytes = value;
            return this;
        }

        /** Sets the clock of new events' ids. Default: the system's. */
        public Builder clock(InstantSource value) {
            clock = value;
            return this;
        }

        /** Sets what tells the W3C trace context of the work that publishes; null where there is none. Default: none. */
        public Builder traceParent(TraceParent value) {
            traceParent = value;
            return this;
        }

        /** Returns the checks. */
        public EventChecks build() {
            return new EventChecks(this);
        }
    }
}
