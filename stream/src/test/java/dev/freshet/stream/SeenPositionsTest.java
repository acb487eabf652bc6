package dev.freshet.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Op;
import dev.freshet.model.Position;
import org.junit.jupiter.api.Test;

class SeenPositionsTest {
    private static final Partition FIRST = new Partition("shop.orders", 0);
    private static final Partition SECOND = new Partition("shop.orders", 1);

    private final SeenPositions seen = new SeenPositions();

    private static StreamRecord at(Partition partition, Position position) {
        return new StreamRecord(partition, 7, 0, new byte[0], new byte[0], Op.UPDATE, position, "v", false);
    }

    @Test
    void recordNotAboveTheLast_isDropped() {
        seen.start(FIRST, new Position(1, 100, 2, 0));
        assertFalse(seen.advance(at(FIRST, new Position(1, 100, 1, 9))));
        assertFalse(seen.advance(at(FIRST, new Position(1, 100, 2, 0))));
        assertTrue(seen.advance(at(FIRST, new Position(1, 100, 2, 1))));
        assertFalse(seen.advance(at(FIRST, new Position(1, 100, 2, 1))));
        assertTrue(seen.advance(at(FIRST, new Position(1, 101, 1, 0))));
        assertEquals(new Position(1, 101, 1, 0), seen.last(FIRST));
    }

    @Test
    void epochComparesFirst() {
        seen.start(FIRST, new Position(1, 9_000, 5, 0));
        assertTrue(seen.advance(at(FIRST, new Position(2, 1, 1, 0))));
        assertFalse(seen.advance(at(FIRST, new Position(1, 9_999, 1, 0))));
    }

    @Test
    void partitionsCountByThemselves() {
        seen.start(FIRST, new Position(1, 100, 1, 0));
        seen.start(SECOND, Position.ZERO);
        assertTrue(seen.advance(at(SECOND, new Position(1, 50, 1, 0))));
        seen.forget(SECOND);
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> seen.advance(at(SECOND, new Position(1, 60, 1, 0))));
        assertTrue(e.getMessage().contains("shop.orders-1"), e.getMessage());
    }
}
