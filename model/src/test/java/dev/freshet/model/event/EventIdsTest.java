package dev.freshet.model.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EventIdsTest {
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00.123Z");

    @Test
    void ids_carryTheirTime() {
        UUID id = new EventIds(() -> NOON).next();
        assertEquals(NOON, EventIds.time(id));
        assertTrue(EventIds.isTimed(id));
        assertTrue(id.toString().compareTo(EventIds.least(NOON).toString()) >= 0);
        assertTrue(id.toString().compareTo(EventIds.least(NOON.plusMillis(1)).toString()) < 0);
    }

    @Test
    void ids_grow_alsoWhileTheClockStandsOrGoesBack() {
        AtomicLong millis = new AtomicLong(NOON.toEpochMilli());
        EventIds ids = new EventIds(() -> Instant.ofEpochMilli(millis.get()));
        String last = "";
        Set<UUID> seen = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            if (i == 10_000) {
                millis.addAndGet(-60_000);
            }
            UUID id = ids.next();
            assertTrue(id.toString().compareTo(last) > 0, id + " after " + last);
            assertTrue(seen.add(id));
            last = id.toString();
        }
        assertTrue(EventIds.time(UUID.fromString(last)).isBefore(NOON.plusMillis(20)), last);
    }

    @Test
    void idOfANameAndATime_isTheSameAgain() {
        assertEquals(EventIds.of(NOON, "order 7 placed"), EventIds.of(NOON, "order 7 placed"));
        assertNotEquals(EventIds.of(NOON, "order 7 placed"), EventIds.of(NOON, "order 8 placed"));
        assertEquals(NOON, EventIds.time(EventIds.of(NOON, "order 7 placed")));
    }

    @Test
    void otherUuids_carryNoTime() {
        UUID random = UUID.randomUUID();
        assertFalse(EventIds.isTimed(random));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> EventIds.time(random))
                .getMessage()
                .contains(random.toString()));
    }
}
