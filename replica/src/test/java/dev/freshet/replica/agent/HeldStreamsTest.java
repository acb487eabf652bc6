package dev.freshet.replica.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.table.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeldStreamsTest {
    private static final StreamTarget ORDERS =
            new StreamTarget("orders", "shop.orders", null, TableName.parse("public.orders"), Map.of());

    private Instant now = Instant.parse("2024-05-01T10:00:00Z");
    private final HeldStreams held = new HeldStreams(
            () -> now,
            ReplicaConfig.builder("copy").stream(ORDERS)
                    .database("jdbc:postgresql://host/copies", "copier", "secret")
                    .kafka("bootstrap.servers", "host:9092")
                    .retry(Duration.ofSeconds(5), Duration.ofSeconds(15))
                    .build()
                    .limits());

    @Test
    void waitsDoubleUpToTheLimit_andBeginAnewOnceFilled() {
        assertEquals(Duration.ofSeconds(5), held.hold(ORDERS, "it does not fit"));
        assertEquals(Duration.ofSeconds(10), held.hold(ORDERS, "it does not fit"));
        assertEquals(Duration.ofSeconds(15), held.hold(ORDERS, "it does not fit"));
        assertEquals(Duration.ofSeconds(15), held.hold(ORDERS, "it does not fit"));
        held.forget(ORDERS);
        assertEquals(Duration.ofSeconds(5), held.hold(ORDERS, "it does not fit"));
    }

    @Test
    void serverThatIsAway_doesNotMakeTheWaitsLonger() {
        held.hold(ORDERS, "it does not fit");
        held.hold(ORDERS, "it does not fit");
        assertEquals(Duration.ofSeconds(5), held.holdBriefly(ORDERS, "Kafka is away"));
        assertEquals(Duration.ofSeconds(5), held.holdBriefly(ORDERS, "Kafka is away"));
        now = now.plusSeconds(5);
        assertFalse(held.waits(ORDERS));
    }

    @Test
    void streamIsDue_onlyWhenItsWaitIsOver() {
        assertFalse(held.waits(ORDERS));
        held.hold(ORDERS, "it does not fit");
        assertTrue(held.waits(ORDERS));
        now = now.plusSeconds(5);
        assertFalse(held.waits(ORDERS));
        held.putOff(ORDERS);
        assertTrue(held.waits(ORDERS));
        now = now.plusSeconds(5);
        assertFalse(held.waits(ORDERS));
        assertTrue(held.forget(ORDERS));
        assertEquals(Map.of(), held.texts());
        assertFalse(held.forget(ORDERS));
    }

    @Test
    void streamThatNeedsNoFillAnyMore_isNotHeld() {
        held.hold(ORDERS, "it does not fit");
        assertFalse(held.retain(List.of(ORDERS)));
        assertTrue(held.waits(ORDERS));
        assertTrue(held.retain(List.of()));
        assertEquals(Map.of(), held.texts());
    }

    @Test
    void text_namesStreamReasonAndTime() {
        held.hold(ORDERS, "it does not fit");
        assertEquals(
                Map.of(
                        "orders",
                        "Stream 'orders' is not copied for now: it does not fit; its fill is tried again at"
                                + " 2024-05-01T10:00:05Z"),
                held.texts());
    }
}
