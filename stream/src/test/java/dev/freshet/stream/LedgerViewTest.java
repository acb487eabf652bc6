package dev.freshet.stream;

import static dev.freshet.stream.Ledgers.CUSTOMERS;
import static dev.freshet.stream.Ledgers.ORDERS;
import static dev.freshet.stream.Ledgers.START;
import static dev.freshet.stream.Ledgers.at;
import static dev.freshet.stream.Ledgers.boundary;
import static dev.freshet.stream.Ledgers.cursor;
import static dev.freshet.stream.Ledgers.offsets;
import static dev.freshet.stream.Ledgers.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.TimelineRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LedgerViewTest {
    private final LedgerView view = LedgerView.of("shop.freshet-ledger", () -> START);

    private void apply(Cursor cursor) {
        view.apply(LedgerKey.CURSOR, LedgerCodec.encode(cursor), view.nextOffset());
    }

    private Optional<Long> reached(long... positions) {
        return view.reached(offsets(ORDERS, positions), Set.of(ORDERS))
                .map(b -> b.position().lsn());
    }

    @Test
    void newestPassedBoundary_isReached() {
        StreamEntry orders = stream(ORDERS, 2).running(at(10));
        apply(cursor(boundary(10, offsets(ORDERS, 5, 5)), true, orders));
        apply(cursor(boundary(20, offsets(ORDERS, 9, 5)), true, orders));
        apply(cursor(boundary(30, offsets(ORDERS, 9, 8)), true, orders));
        assertEquals(Optional.empty(), reached(5, 4));
        assertEquals(Optional.of(10L), reached(5, 5));
        assertEquals(Optional.of(10L), reached(8, 100));
        assertEquals(Optional.of(20L), reached(100, 7));
        assertEquals(Optional.of(30L), reached(9, 8));
    }

    @Test
    void entryInsideATransaction_isNoBoundary() {
        StreamEntry orders = stream(ORDERS, 1).running(at(10));
        apply(cursor(boundary(10, offsets(ORDERS, 5)), true, orders));
        apply(cursor(boundary(10, offsets(ORDERS, 5)), false, orders));
        assertEquals(Optional.of(10L), reached(500));
    }

    @Test
    void entryInsideALongTransaction_tellsTheLastBoundary_whoseOwnWasCompactedAway() {
        StreamEntry orders = stream(ORDERS, 1).running(at(10));
        apply(cursor(boundary(10, offsets(ORDERS, 5)), false, orders));
        assertEquals(Optional.of(10L), reached(5));
        apply(cursor(boundary(20, offsets(ORDERS, 9)), false, orders));
        assertEquals(Optional.of(10L), reached(8));
        assertEquals(Optional.of(20L), reached(9));
    }

    @Test
    void boundaryOfTheSnapshot_doesNotCount_theOneThatBeginsToRunDoes() {
        StreamEntry orders = stream(ORDERS, 1);
        apply(cursor(boundary(10, offsets(ORDERS, 5)), true, orders));
        assertEquals(Optional.empty(), reached(100));
        apply(cursor(boundary(20, offsets(ORDERS, 9)), true, orders.running(at(20))));
        assertEquals(Optional.empty(), reached(8));
        assertEquals(Optional.of(20L), reached(9));
    }

    @Test
    void brokenSince_hidesTheBoundariesThatWereClaimedSince() {
        StreamEntry orders = stream(ORDERS, 1).running(at(10));
        apply(cursor(boundary(10, offsets(ORDERS, 1)), true, orders));
        apply(cursor(boundary(20, offsets(ORDERS, 2)), true, orders));
        apply(cursor(boundary(30, offsets(ORDERS, 3)), true, orders));
        apply(cursor(boundary(40, offsets(ORDERS, 4)), true, orders.broken(at(25), "a column was renamed")));
        assertEquals(Optional.of(20L), reached(100));
    }

    @Test
    void afterARepair_boundariesFromBeforeItDoNotCount() {
        StreamEntry orders = stream(ORDERS, 1).running(at(10));
        apply(cursor(boundary(10, offsets(ORDERS, 1)), true, orders));
        apply(cursor(boundary(20, offsets(ORDERS, 2)), true, orders.broken(at(15), "truncated")));
        apply(cursor(boundary(30, offsets(ORDERS, 90)), true, orders.running(at(30))));
        assertEquals(Optional.empty(), reached(50));
        assertEquals(Optional.of(30L), reached(90));
    }

    @Test
    void topicMadeAgain_forgetsTheOldOffsets() {
        StreamEntry orders = stream(ORDERS, 1).running(at(10));
        for (long lsn = 10; lsn < 19; lsn++) {
            apply(cursor(boundary(lsn, offsets(ORDERS, 90 + lsn)), true, orders));
        }
        StreamEntry again =
                new StreamEntry("orders", ORDERS, "other", 1, "p", "v", orders.status(), at(20), null, null);
        apply(cursor(boundary(20, offsets(ORDERS, 4)), true, again));
        apply(cursor(boundary(21, offsets(ORDERS, 8)), true, again));
        assertEquals(Optional.empty(), reached(3));
        assertEquals(Optional.of(20L), reached(5));
        assertEquals(Optional.of(21L), reached(50));
    }

    private static StreamEntry again(StreamEntry like, String topicId) {
        return new StreamEntry(
                like.stream(),
                like.topic(),
                topicId,
                like.partitions(),
                "p",
                "v",
                like.status(),
                like.since(),
                like.reason(),
                like.snapshot());
    }

    /** Marks of 20 boundaries of a topic that is then removed with its stream. */
    private void removedAfterLargeOffsets() {
        StreamEntry orders = stream(ORDERS, 1).running(at(10));
        for (long lsn = 10; lsn < 30; lsn++) {
            view.apply(
                    LedgerKey.history(START.plus(Duration.ofMinutes(lsn))),
                    LedgerCodec.encode(boundary(lsn, offsets(ORDERS, 9_000 + lsn))),
                    view.nextOffset());
            apply(cursor(boundary(lsn, offsets(ORDERS, 9_000 + lsn)), true, orders));
        }
        apply(cursor(boundary(30, Map.of()), true));
    }

    @Test
    void streamRemovedAndBegunAgain_isReachedByItsNewOffsets() {
        removedAfterLargeOffsets();
        StreamEntry fresh = again(stream(ORDERS, 1), "other");
        apply(cursor(boundary(31, offsets(ORDERS, 0)), true, fresh));
        assertEquals(Optional.empty(), reached(100));
        apply(cursor(boundary(40, offsets(ORDERS, 4)), true, fresh.running(at(40))));
        apply(cursor(boundary(41, offsets(ORDERS, 8)), true, fresh.running(at(40))));
        assertEquals(Optional.of(40L), reached(5));
        assertEquals(Optional.of(41L), reached(8));
    }

    @Test
    void streamBegunAgain_thatBreaksInItsSnapshot_isNotReachedByOldBoundaries() {
        removedAfterLargeOffsets();
        StreamEntry fresh = again(stream(ORDERS, 1), "other");
        apply(cursor(boundary(31, offsets(ORDERS, 0)), true, fresh));
        apply(cursor(boundary(32, offsets(ORDERS, 9_999)), true, fresh.broken(at(32), "truncated")));
        assertEquals(Optional.empty(), reached(20_000));
        assertEquals(Optional.empty(), view.atOrBelow(at(100), Set.of(ORDERS)));
    }

    @Test
    void removedStream_leavesTheBoundariesOfTheOthers() {
        StreamEntry customers = stream(CUSTOMERS, 1).running(at(10));
        Map<String, OffsetVector> both = Map.of(ORDERS, OffsetVector.of(90), CUSTOMERS, OffsetVector.of(5));
        apply(cursor(boundary(10, both), true, customers, stream(ORDERS, 1).running(at(10))));
        apply(cursor(boundary(20, offsets(CUSTOMERS, 50)), true, customers));
        assertEquals(
                Optional.of(at(10)),
                view.reached(offsets(CUSTOMERS, 6), Set.of(CUSTOMERS)).map(Boundary::position));
    }

    @Test
    void historyOfATopicBeforeItWasMadeAgain_doesNotHideTheNewOne() {
        // as a replica reads it that starts later: the cursors of the old topic have been compacted away
        for (long minute = 1; minute <= 20; minute++) {
            view.apply(
                    LedgerKey.history(START.plus(Duration.ofMinutes(minute))),
                    LedgerCodec.encode(boundary(minute, offsets(ORDERS, minute < 18 ? 9_000 + minute : minute))),
                    view.nextOffset());
        }
        StreamEntry fresh = again(stream(ORDERS, 1), "other").running(at(18));
        apply(cursor(boundary(50, offsets(ORDERS, 500)), true, fresh));
        assertEquals(Optional.of(19L), reached(19));
    }

    @Test
    void severalTopics_needAllOfThem() {
        StreamEntry orders = stream(ORDERS, 1).running(at(10));
        StreamEntry customers = stream(CUSTOMERS, 1).running(at(20));
        Map<String, OffsetVector> first = Map.of(ORDERS, OffsetVector.of(1), CUSTOMERS, OffsetVector.of(1));
        Map<String, OffsetVector> second = Map.of(ORDERS, OffsetVector.of(2), CUSTOMERS, OffsetVector.of(2));
        apply(cursor(boundary(10, first), true, orders, stream(CUSTOMERS, 1)));
        apply(cursor(boundary(20, second), true, orders, customers));
        Set<String> both = Set.of(ORDERS, CUSTOMERS);
        assertEquals(Optional.of(at(10)), view.reached(first, Set.of(ORDERS)).map(Boundary::position));
        assertEquals(Optional.empty(), view.reached(first, both));
        assertEquals(Optional.of(at(20)), view.reached(second, both).map(Boundary::position));
    }

    @Test
    void boundaryWithoutOffsetsOfTheTopic_doesNotCount() {
        StreamEntry orders = stream(ORDERS, 1).running(at(10));
        apply(cursor(boundary(10, offsets(ORDERS, 1)), true, orders));
        apply(cursor(boundary(20, offsets(CUSTOMERS, 1)), true, orders));
        assertEquals(Optional.of(10L), reached(100));
    }

    @Test
    void otherPartitionCount_reachesNothing() {
        apply(cursor(boundary(10, offsets(ORDERS, 5)), true, stream(ORDERS, 1).running(at(10))));
        assertEquals(Optional.empty(), reached(100, 100));
    }

    @Test
    void sameOffsets_areTheNewerBoundary() {
        StreamEntry orders = stream(ORDERS, 1).running(at(10));
        for (long lsn = 10; lsn < 10_000; lsn++) {
            apply(cursor(boundary(lsn, offsets(ORDERS, 5)), true, orders));
        }
        assertEquals(Optional.of(9_999L), reached(5));
    }

    @Test
    void history_serves_whereTheRecentOnesDoNotReach() {
        StreamEntry orders = stream(ORDERS, 1).running(at(10));
        for (int minute = 1; minute <= 3; minute++) {
            Boundary b = boundary(10L + minute, offsets(ORDERS, 5L * minute));
            view.apply(
                    LedgerKey.history(START.plus(Duration.ofMinutes(minute))),
                    LedgerCodec.encode(b),
                    view.nextOffset());
        }
        apply(cursor(boundary(50, offsets(ORDERS, 500)), true, orders));
        assertEquals(Optional.of(12L), reached(11));
        assertEquals(Optional.of(at(13)), view.atOrBelow(at(49), Set.of(ORDERS)).map(Boundary::position));
        view.apply(LedgerKey.history(START.plus(Duration.ofMinutes(2))), null, view.nextOffset());
        assertEquals(Optional.of(11L), reached(11));
    }

    @Test
    void newerFormat_isRefused() {
        String json = new String(
                LedgerCodec.encode(cursor(boundary(1, offsets(ORDERS, 0)), true, stream(ORDERS, 1))),
                StandardCharsets.UTF_8);
        byte[] newer = json.replace("\"format\":1", "\"format\":2").getBytes(StandardCharsets.UTF_8);
        ConfigurationException e =
                assertThrows(ConfigurationException.class, () -> view.apply(LedgerKey.CURSOR, newer, 0));
        assertTrue(e.getMessage().contains("format 2"), e.getMessage());
        assertTrue(e.getMessage().contains("upgrade"), e.getMessage());
        assertTrue(e.getMessage().contains("shop.freshet-ledger"), e.getMessage());
    }

    @Test
    void unknownKeys_arePassedOver_andBrokenRecordsNamed() {
        view.apply("future/thing", new byte[] {1}, 0);
        view.apply("catalog/orders", "text".getBytes(StandardCharsets.UTF_8), 1);
        ConfigurationException e =
                assertThrows(ConfigurationException.class, () -> view.apply("schema/orders/1", new byte[] {'{'}, 2));
        assertTrue(e.getMessage().contains("'schema/orders/1' at offset 2"), e.getMessage());
    }

    @Test
    void schemasAndTimelines_areFoundAndTakenAway() {
        SchemaRecord schema =
                new SchemaRecord("orders", List.of(new Column("id", "bigint", false, true)), List.of("id"));
        view.apply(LedgerKey.schema("orders", schema.version()), LedgerCodec.encode(schema), 0);
        view.apply(LedgerKey.timeline(1), LedgerCodec.encode(new TimelineRecord("77", 1, 50)), 1);
        assertEquals(Optional.of(schema), view.schema("orders", schema.version()));
        assertEquals(50, view.timelines().get(1L).switchLsn());
        view.apply(LedgerKey.schema("orders", schema.version()), null, 2);
        assertEquals(Optional.empty(), view.schema("orders", schema.version()));
    }

    @Test
    void listener_isToldOfEachRecord() {
        int[] told = {0};
        Runnable listener = () -> told[0]++;
        view.addListener(listener);
        apply(cursor(boundary(10, offsets(ORDERS, 5)), true, stream(ORDERS, 1)));
        view.removeListener(listener);
        apply(cursor(boundary(11, offsets(ORDERS, 5)), true, stream(ORDERS, 1)));
        assertEquals(1, told[0]);
    }

    @Test
    void recordsOutOfOrder_areRefused() {
        view.apply("x", null, 5);
        assertThrows(IllegalStateException.class, () -> view.apply("y", null, 5));
    }
}
