package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.PublishedEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Events that are made of others. */
class EventTest {
    private static final UUID ID = EventIds.of(Instant.parse("2026-11-27T12:00:00Z"), "request 7");
    private static final EventChecks CHECKS = EventChecks.builder()
            .traceParent(() -> "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            .build();
    private static final EventChecks LATER = EventChecks.builder()
            .traceParent(() -> "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-01")
            .build();

    private static Event placed() {
        return Event.builder("orders", "order-placed")
                .id(ID)
                .key("7")
                .payload(Map.of("order", 7))
                .header("b", "1")
                .header("a", "2")
                .build();
    }

    private static void assertSame(PublishedEvent expected, PublishedEvent event) {
        assertEquals(expected.id(), event.id());
        assertEquals(expected.stream(), event.stream());
        assertEquals(expected.key(), event.key());
        assertEquals(expected.type(), event.type());
        assertEquals(expected.contentType(), event.contentType());
        assertEquals(
                List.copyOf(expected.headers().entrySet()),
                List.copyOf(event.headers().entrySet()));
        assertArrayEquals(expected.payload(), event.payload());
    }

    @Test
    void copy_isTheSameEvent_andWhatIsSetOfItIsItsOwn() {
        Event event = placed();
        assertSame(CHECKS.encode(event), CHECKS.encode(event.toBuilder().build()));
        Event other = event.toBuilder().key("8").header("c", "3").build();
        assertEquals("8", other.key());
        assertEquals(List.of("b", "a", "c"), new ArrayList<>(other.headers().keySet()));
        assertEquals("7", event.key());
        assertEquals(List.of("b", "a"), new ArrayList<>(event.headers().keySet()));
    }

    @Test
    void copy_keepsThatItsOrderDoesNotMatter_andItsMediaType() {
        Event event = Event.builder("pictures", "taken")
                .id(ID)
                .unordered()
                .payload(new byte[] {1}, "image/png")
                .build();
        Event copy = event.toBuilder().build();
        assertTrue(copy.isUnordered());
        assertSame(CHECKS.encode(event), CHECKS.encode(copy));
    }

    @Test
    void copyWithAnotherId_isAnotherEvent() {
        UUID another = EventIds.of(Instant.parse("2026-11-27T12:00:00Z"), "request 8");
        assertEquals(another, placed().toBuilder().id(another).build().id());
        Event anew = placed().toBuilder().newId().build();
        assertNull(anew.id());
        assertNotEquals(ID, CHECKS.encode(anew).id());
    }

    @Test
    void eventAsItHasLeftItsService_isPublishedAgainAsTheSameOne() {
        PublishedEvent first = CHECKS.encode(placed());
        assertSame(first, LATER.encode(Event.of(first)));
        PublishedEvent picture = CHECKS.encode(Event.builder("pictures", "taken")
                .unordered()
                .payload("ä".getBytes(StandardCharsets.UTF_8), "text/plain")
                .build());
        assertSame(picture, LATER.encode(Event.of(picture)));
    }
}
