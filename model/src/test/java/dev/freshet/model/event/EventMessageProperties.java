package dev.freshet.model.event;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;

class EventMessageProperties {
    private static PublishedEvent event(
            @Nullable String key, String type, Map<String, String> headers, byte[] payload) {
        return new PublishedEvent(
                new UUID(0x0123456789ab7abcL, 0x8123456789abcdefL),
                "orders",
                key,
                type,
                "application/json",
                headers,
                payload);
    }

    @Property(tries = 300)
    void message_isReadAsItWasWritten(
            @ForAll @StringLength(max = 40) String key,
            @ForAll boolean keyed,
            @ForAll @StringLength(max = 40) String type,
            @ForAll @Size(max = 4) Map<@StringLength(max = 10) String, @StringLength(max = 10) String> headers,
            @ForAll byte[] payload) {
        // a lone surrogate is no character, and has no UTF-8
        PublishedEvent event = event(
                keyed ? whole(key) : null,
                whole(type),
                headers.entrySet().stream()
                        .collect(Collectors.toMap(e -> whole(e.getKey()), e -> whole(e.getValue()), (a, b) -> b)),
                payload);
        PublishedEvent read = EventMessage.decode(EventMessage.encode(event));
        assertEquals(event.id(), read.id());
        assertEquals(event.stream(), read.stream());
        assertEquals(event.key(), read.key());
        assertEquals(event.type(), read.type());
        assertEquals(event.contentType(), read.contentType());
        assertEquals(event.headers(), read.headers());
        assertArrayEquals(event.payload(), read.payload());
    }

    private static String whole(String text) {
        return text.replaceAll("[\\ud800-\\udfff]", "?");
    }

    @Property(tries = 300)
    void cutMessage_isRefusedOrLacksPayloadAlone(@ForAll("lengths") int length) {
        PublishedEvent event = event("k", "t", Map.of("traceparent", "00-1-2-01"), new byte[] {1, 2, 3});
        byte[] whole = EventMessage.encode(event);
        byte[] cut = Arrays.copyOf(whole, Math.min(length, whole.length - 4));
        assertThrows(IllegalArgumentException.class, () -> EventMessage.decode(cut));
    }

    @Provide
    Arbitrary<Integer> lengths() {
        return Arbitraries.integers().between(0, 120);
    }

    @Example
    void otherFormat_isNamed() {
        byte[] content = EventMessage.encode(event(null, "t", Map.of(), new byte[0]));
        content[0] = 9;
        String message = assertThrows(IllegalArgumentException.class, () -> EventMessage.decode(content))
                .getMessage();
        assertTrue(message.contains("format is 9"), message);
    }
}
