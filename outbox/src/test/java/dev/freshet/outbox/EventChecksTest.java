package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.event.PublishedEvent;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventChecksTest {
    /** No call of it is answered. */
    private static final Connection NONE = (Connection) Proxy.newProxyInstance(
            EventChecksTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                throw new UnsupportedOperationException(method.getName());
            });

    private final RecordingOutbox outbox = new RecordingOutbox(new JsonCodec(), "orders", "shipments");

    private static Event.Builder placed() {
        return Event.builder("orders", "order-placed").key("7").payload(Map.of("total", 9.5));
    }

    private void assertRefused(Event event, String... texts) {
        String message = assertThrows(EventRefusedException.class, () -> outbox.publish(NONE, event))
                .getMessage();
        for (String text : texts) {
            assertTrue(message.contains(text), message);
        }
    }

    @Test
    void eventThatIsAllowed_isKeptAsItWouldBeSent() {
        UUID id = outbox.publish(NONE, placed().header("tenant", "a").build());
        assertEquals(1, outbox.events().size());
        PublishedEvent event = outbox.events().get(0);
        assertEquals(id, event.id());
        assertEquals("{\"total\":9.5}", new String(event.payload(), StandardCharsets.UTF_8));
        assertEquals("application/json", event.contentType());
        assertEquals(Map.of("tenant", "a"), event.headers());
        outbox.publish(NONE, placed().id(id).build());
        assertEquals(1, outbox.events().size(), "the same id is the same event");
        outbox.clear();
        assertEquals(0, outbox.events().size());
    }

    @Test
    void eventThatCannotBeRelayed_isRefusedWithTheWayOut() {
        assertRefused(
                Event.builder("ordrs", "order-placed").key("7").payload(1).build(),
                "stream 'ordrs'",
                "[orders, shipments]",
                "streams(…)");
        assertRefused(Event.builder("orders", "order-placed").payload(1).build(), "it has no key", "unordered()");
        assertRefused(Event.builder("orders", " ").key("7").payload(1).build(), "its type");
        assertRefused(Event.builder("orders", "order-placed").key("7").build(), "payload(…)");
        assertRefused(placed().id(UUID.randomUUID()).build(), "version 7", "EventIds.of(time, name)");
        assertRefused(placed().header("ce_id", "1").build(), "'ce_id'");
        assertRefused(placed().key("k\0").build(), "NUL");
        assertRefused(placed().header("tenant", "\0a").build(), "NUL");
        assertRefused(placed().header("Content-Type", "1").build(), "'Content-Type'");
        assertRefused(
                placed().payload(new Object() {
                            @SuppressWarnings("unused")
                            public int getFailing() {
                                throw new IllegalStateException("not now");
                            }
                        })
                        .build(),
                "could not be encoded as application/json",
                "payload(bytes, mediaType)");
        assertRefused(
                placed().payload(new byte[1_000_000], "application/octet-stream")
                        .build(),
                "1000001 bytes",
                "maxBytes(…)");
        assertEquals(0, outbox.events().size());
    }

    @Test
    void eventThatCommits_isKept_andItsConnectionHasCommitted() {
        List<String> calls = new ArrayList<>();
        Connection connection = (Connection) Proxy.newProxyInstance(
                EventChecksTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    calls.add(method.getName());
                    return null;
                });
        UUID id = outbox.publishAndCommit(connection, placed().build());
        assertEquals(id, outbox.events().get(0).id());
        assertEquals(List.of("commit"), calls);
    }

    @Test
    void anyStream_mustAtLeastHaveAnAllowedName() {
        RecordingOutbox any = new RecordingOutbox();
        any.publish(NONE, Event.builder("anything", "t").key("k").payload(1).build());
        String message = assertThrows(
                        EventRefusedException.class,
                        () -> any.publish(
                                NONE,
                                Event.builder("Any Thing", "t")
                                        .key("k")
                                        .payload(1)
                                        .build()))
                .getMessage();
        assertTrue(message.contains("'Any Thing'") && message.contains("lower-case"), message);
    }

    @Test
    void statement_isGivenForOtherClients() {
        SqlStatement statement = SqlOutbox.table(Dialect.POSTGRESQL).build().statement(placed().build());
        assertEquals(8, statement.parameters().size());
        assertTrue(statement.numbered().contains("($1, $2, $3, $4, $5, $6, $7, $8)"), statement.numbered());
        assertEquals(
                "SELECT pg_catalog.pg_logical_emit_message(true, 'freshet.event', CAST($1 AS bytea))",
                SqlOutbox.walMessages().build().statement(placed().build()).numbered());
    }
}
