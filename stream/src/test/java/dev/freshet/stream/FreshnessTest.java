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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Token;
import dev.freshet.model.copy.TokenStatus;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.TimelineRecord;
import dev.freshet.stream.NotComplete.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FreshnessTest {
    private static final Duration LEDGER_LIMIT = Duration.ofSeconds(30);
    private static final String ID = "id-" + ORDERS;

    private Instant now = START;
    private final LedgerView view = LedgerView.of("shop.freshet-ledger", () -> now);
    private final StreamEntry orders = stream(ORDERS, 2).running(at(10));

    private void apply(Cursor cursor) {
        view.apply(LedgerKey.CURSOR, LedgerCodec.encode(cursor), view.nextOffset());
    }

    private static TopicFacts facts(String id, int partitions, Duration lag, Duration retention) {
        return new TopicFacts(ORDERS, id, partitions, lag, retention);
    }

    private static TopicFacts facts() {
        return facts(ID, 2, Duration.ofDays(7), Duration.ofDays(7));
    }

    private CopyProgress copy(TopicFacts facts, Instant caughtUpAt, long... positions) {
        return new CopyProgress(
                offsets(ORDERS, positions),
                offsets(ORDERS, 8, 8),
                Map.of(ORDERS, ID),
                Map.of(ORDERS, facts),
                caughtUpAt);
    }

    private Freshness of(CopyProgress copy) {
        return Freshness.of(view, copy, LEDGER_LIMIT, now);
    }

    private void assertNotComplete(Freshness freshness, Cause cause, String text) {
        assertFalse(freshness.complete());
        NotComplete why = freshness.why();
        assertNotNull(why);
        assertEquals(cause, why.cause());
        assertTrue(why.text().contains(text), why.text());
    }

    @Test
    void copyPastABoundary_isComplete_toItsTime() {
        apply(cursor(boundary(10, offsets(ORDERS, 5, 5)), true, orders));
        apply(cursor(boundary(20, offsets(ORDERS, 8, 5)), true, orders));
        now = START.plusSeconds(12);
        Freshness freshness = of(copy(facts(), START, 7, 5));
        assertTrue(freshness.complete());
        assertNull(freshness.why());
        assertEquals(at(10), freshness.position());
        assertEquals(START.plusSeconds(10), freshness.completeTo());
        assertEquals(Optional.of(Duration.ofSeconds(2)), freshness.age());
        assertEquals(4, freshness.changesBehind());
    }

    @Test
    void positionsBeyondTheEndsThatWereAsked_areNotBehind() {
        apply(cursor(boundary(10, offsets(ORDERS, 5, 5)), true, orders));
        assertEquals(3, of(copy(facts(), START, 100, 5)).changesBehind());
    }

    @Test
    void noCursor_isNotComplete() {
        Freshness freshness = of(copy(facts(), START, 7, 5));
        assertNotComplete(freshness, Cause.NO_LEDGER, "shop.freshet-ledger");
        assertNull(freshness.state());
    }

    @Test
    void streamThatTheLedgerDoesNotName_isNotComplete() {
        apply(cursor(
                boundary(10, offsets(CUSTOMERS, 5)), true, stream(CUSTOMERS, 1).running(at(10))));
        assertNotComplete(of(copy(facts(), START, 7, 5)), Cause.UNKNOWN_STREAM, ORDERS);
    }

    @Test
    void snapshot_isNotComplete_andHoldsNothing() {
        apply(cursor(boundary(10, offsets(ORDERS, 5, 5)), true, stream(ORDERS, 2)));
        Freshness freshness = of(copy(facts(), START, 7, 5));
        assertNotComplete(freshness, Cause.SNAPSHOTTING, "5 of about 10 rows");
        assertNull(freshness.completeTo());
    }

    @Test
    void breakOfAStream_clearsTheFlag_andKeepsWhatWasProvenBefore() {
        apply(cursor(boundary(10, offsets(ORDERS, 5, 5)), true, orders));
        apply(cursor(boundary(20, offsets(ORDERS, 6, 6)), true, orders.broken(at(15), "it was truncated")));
        Freshness freshness = of(copy(facts(), START, 8, 8));
        assertNotComplete(freshness, Cause.BROKEN, "it was truncated");
        assertEquals(at(10), freshness.position());
        assertEquals(TokenStatus.REACHED, freshness.state().answer(new Token("77", 1, 10)));
        assertEquals(
                TokenStatus.Kind.NOT_YET,
                freshness.state().answer(new Token("77", 1, 14)).kind());
        TokenStatus later = freshness.state().answer(new Token("77", 1, 15));
        assertEquals(TokenStatus.Kind.BROKEN, later.kind());
        assertTrue(later.reason().contains("it was truncated"), later.reason());
    }

    @Test
    void stoppedStream_isNotComplete() {
        apply(cursor(boundary(10, offsets(ORDERS, 5, 5)), true, orders));
        apply(cursor(boundary(20, offsets(ORDERS, 6, 6)), true, orders.stopped(at(20), "removed")));
        assertNotComplete(of(copy(facts(), START, 8, 8)), Cause.STOPPED, "removed");
    }

    @Test
    void copyShortOfTheFirstBoundary_isNotComplete() {
        apply(cursor(boundary(10, offsets(ORDERS, 5, 5)), true, orders));
        assertNotComplete(of(copy(facts(), START, 5, 4)), Cause.NO_BOUNDARY, "boundary");
    }

    @Test
    void topicMadeAgain_isNotComplete_whoeverNoticesFirst() {
        apply(cursor(boundary(10, offsets(ORDERS, 5, 5)), true, orders));
        CopyProgress seenInKafka = copy(facts("other", 2, Duration.ofDays(7), Duration.ofDays(7)), START, 8, 8);
        assertNotComplete(of(seenInKafka), Cause.TOPIC_CHANGED, "made again");
        CopyProgress filledBefore = new CopyProgress(
                offsets(ORDERS, 8, 8), offsets(ORDERS, 8, 8), Map.of(ORDERS, "old"), Map.of(ORDERS, facts()), START);
        assertNotComplete(of(filledBefore), Cause.TOPIC_CHANGED, "filled from the topic id old");
        CopyProgress gone =
                new CopyProgress(offsets(ORDERS, 8, 8), offsets(ORDERS, 8, 8), Map.of(ORDERS, ID), Map.of(), START);
        assertNotComplete(of(gone), Cause.TOPIC_CHANGED, "is gone");
        assertNull(of(gone).completeTo());
    }

    @Test
    void otherPartitionCount_isNotComplete() {
        apply(cursor(boundary(10, offsets(ORDERS, 5, 5)), true, orders));
        TopicFacts three = facts(ID, 3, Duration.ofDays(7), Duration.ofDays(7));
        assertNotComplete(
                of(copy(three, START, 8, 8)), Cause.TOPIC_CHANGED, "has 3 partitions, the copy was filled with 2");
        assertNotComplete(of(copy(three, START, 8, 8)), Cause.TOPIC_CHANGED, "streams.orders.partitions");
        assertNotComplete(of(copy(three, START, 8, 8, 0)), Cause.TOPIC_CHANGED, "the ledger speaks of 2");
        apply(cursor(
                boundary(20, offsets(ORDERS, 5, 5, 5)), true, stream(ORDERS, 3).running(at(15))));
        assertNotComplete(of(copy(three, START, 8, 8)), Cause.TOPIC_CHANGED, "filled with 2, and is filled anew");
        assertTrue(of(copy(three, START, 8, 8, 5)).complete());
    }

    @Test
    void copyAwayForTooLong_isNotComplete_alsoAtTheEnd() {
        now = START.plus(Duration.ofHours(2));
        apply(cursor(boundary(10, offsets(ORDERS, 5, 5)), true, orders));
        Duration hours = Duration.ofHours(2);
        CopyProgress lag = copy(facts(ID, 2, hours, Duration.ofDays(7)), START, 8, 8);
        assertNotComplete(of(lag), Cause.AWAY_TOO_LONG, "min.compaction.lag.ms");
        CopyProgress retention = copy(facts(ID, 2, Duration.ofDays(7), hours), START, 8, 8);
        assertNotComplete(of(retention), Cause.AWAY_TOO_LONG, "delete.retention.ms");
        assertNull(of(retention).position());
        CopyProgress inTime = copy(facts(ID, 2, hours, hours), START.plusMillis(1), 8, 8);
        assertTrue(of(inTime).complete());
    }

    @Test
    void silentRelay_makesTheLedgerStale_butWhatWasProvenHolds() {
        apply(cursor(boundary(10, offsets(ORDERS, 5, 5)), true, orders));
        now = START.plus(LEDGER_LIMIT);
        assertTrue(of(copy(facts(), START, 8, 8)).complete());
        now = now.plusSeconds(1);
        Freshness freshness = of(copy(facts(), START, 8, 8));
        assertNotComplete(freshness, Cause.LEDGER_STALE, "31 s (limit 30 s)");
        assertEquals(START.plusSeconds(10), freshness.completeTo());
    }

    @Test
    void furtherStreamsThatDoNotRun_areCountedAndNamed() {
        List<String> names = List.of("a", "b", "c", "d", "e");
        Map<String, OffsetVector> at = new HashMap<>();
        Map<String, String> ids = new HashMap<>();
        Map<String, TopicFacts> topics = new HashMap<>();
        for (String name : names) {
            at.put(name, OffsetVector.of(5));
            ids.put(name, "id-" + name);
            topics.put(name, new TopicFacts(name, "id-" + name, 1, Duration.ofDays(7), Duration.ofDays(7)));
        }
        StreamEntry[] entries = names.stream()
                .map(name -> stream(name, 1).broken(at(5), "the table of " + name + " was truncated"))
                .toArray(StreamEntry[]::new);
        entries[0] = stream("a", 1).running(at(5));
        apply(cursor(boundary(10, at), true, entries));
        CopyProgress copy = new CopyProgress(at, at, ids, topics, START);
        assertNotComplete(of(copy), Cause.BROKEN, "the table of b was truncated; run");
        assertNotComplete(
                of(copy),
                Cause.BROKEN,
                "; beside it 3 further streams are not running: 'c' is broken, 'd' is broken, 'e' is broken");
        entries[2] = stream("c", 1).running(at(5));
        entries[3] = stream("d", 1).running(at(5));
        apply(cursor(boundary(20, at), true, entries));
        assertNotComplete(of(copy), Cause.BROKEN, "; beside it 1 further stream is not running: 'e' is broken");
    }

    @Test
    void ownReason_withholdsTheFlag_andWhereItMustThePosition() {
        apply(cursor(boundary(10, offsets(ORDERS, 5, 5)), true, orders));
        Freshness complete = of(copy(facts(), START, 8, 8));
        Freshness parked = complete.withheld(new NotComplete(Cause.PARKED, "one record is parked"));
        assertNotComplete(parked, Cause.PARKED, "parked");
        assertNull(parked.position());
        assertEquals(
                TokenStatus.Kind.NOT_YET,
                parked.state().answer(new Token("77", 1, 10)).kind());
        Freshness stopped = complete.withheld(new NotComplete(Cause.COPY_STOPPED, "a record does not fit"));
        assertEquals(at(10), stopped.position());
        assertEquals(TokenStatus.REACHED, stopped.state().answer(new Token("77", 1, 10)));
        assertEquals(
                TokenStatus.Kind.BROKEN,
                stopped.state().answer(new Token("77", 1, 11)).kind());
    }

    @Test
    void token_ofALeftTimeline_isLostBeyondTheSwitch() {
        view.apply(LedgerKey.timeline(1), LedgerCodec.encode(new TimelineRecord("77", 1, 40)), 0);
        view.apply(LedgerKey.timeline(9), LedgerCodec.encode(new TimelineRecord("66", 9, 1)), 1);
        apply(cursor(1, 2, boundary(50, offsets(ORDERS, 5, 5)), true, orders));
        Freshness freshness = of(copy(facts(), START, 8, 8));
        assertEquals(TokenStatus.REACHED, freshness.state().answer(new Token("77", 1, 40)));
        assertEquals(
                TokenStatus.Kind.LOST,
                freshness.state().answer(new Token("77", 1, 41)).kind());
        assertEquals(Map.of(1L, 40L), freshness.state().switches());
    }
}
