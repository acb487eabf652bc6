package dev.freshet.relay.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.ledger.OffsetVector;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopicEndsTest {
    private final TopicEnds ends = new TopicEnds();

    @BeforeEach
    void add() {
        ends.add("orders", new long[] {5, 0});
    }

    @Test
    void recordsBehindTheEnd_raiseIt_alsoBehindMarkers() {
        assertNull(ends.raise("orders", 0, 6, 9, 3));
        assertEquals(Map.of("orders", OffsetVector.of(9, 0)), ends.toVectors());
    }

    @Test
    void recordsBelowTheEnd_areOfAnotherTopic() {
        String damage = String.valueOf(ends.raise("orders", 0, 4, 7, 3));
        assertTrue(damage.contains("begin at offset 4, but it was written up to 5"), damage);
    }

    @Test
    void recordsWithMarkersBetweenThem_raiseTheEnd() {
        assertNull(ends.raise("orders", 0, 5, 9, 3));
        assertEquals(Map.of("orders", OffsetVector.of(9, 0)), ends.toVectors());
    }

    @Test
    void recordsThatThereIsNoRoomFor_areOfTwoTopics() {
        String back = String.valueOf(ends.raise("orders", 1, 0, 1, 3));
        assertTrue(back.contains("3 records of one transaction to partition 1"), back);
        String less = String.valueOf(ends.raise("orders", 0, 9, 11, 3));
        assertTrue(less.contains("begin at offset 9 and end before 11"), less);
        assertEquals(Map.of("orders", OffsetVector.of(5, 0)), ends.toVectors());
    }
}
