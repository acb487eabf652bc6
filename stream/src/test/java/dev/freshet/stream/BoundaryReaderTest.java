package dev.freshet.stream;

import static dev.freshet.stream.Ledgers.CUSTOMERS;
import static dev.freshet.stream.Ledgers.ORDERS;
import static dev.freshet.stream.Ledgers.START;
import static dev.freshet.stream.Ledgers.at;
import static dev.freshet.stream.Ledgers.boundary;
import static dev.freshet.stream.Ledgers.cursor;
import static dev.freshet.stream.Ledgers.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Position;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.StreamEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BoundaryReaderTest {
    private static final Partition O0 = new Partition(ORDERS, 0);
    private static final Partition O1 = new Partition(ORDERS, 1);
    private static final Partition C0 = new Partition(CUSTOMERS, 0);
    private static final BoundaryLimits SMALL =
            new BoundaryLimits(4, 1 << 20, Duration.ofSeconds(1), Duration.ofSeconds(1));

    private final LedgerView view = LedgerView.of("shop.freshet-ledger", () -> START);
    private final PlayedReader topics = new PlayedReader();
    private StreamEntry orders = stream(ORDERS, 2).running(at(10));
    private StreamEntry customers = stream(CUSTOMERS, 1).running(at(10));
    private Boundary newest;
    private Instant now = START;
    private BoundaryReader reader = reader(BoundaryLimits.DEFAULTS);

    @BeforeEach
    void begin() throws Exception {
        topics.topic(ORDERS, 2);
        topics.topic(CUSTOMERS, 1);
        boundaryAt(10);
        reader.start(BoundaryState.NONE);
    }

    private BoundaryReader reader(BoundaryLimits limits) {
        return BoundaryReader.create(topics, new ReadLedger(view), Set.of(ORDERS, CUSTOMERS), limits, () -> now);
    }

    private void apply(Cursor cursor) {
        view.apply(LedgerKey.CURSOR, LedgerCodec.encode(cursor), view.nextOffset());
    }

    /** The relay ends a batch at a boundary, with all that the topics hold. */
    private void boundaryAt(long lsn) {
        newest = boundary(lsn, topics.ends());
        apply(cursor(newest, true, orders, customers));
    }

    /** The relay ends a batch inside a source transaction; it has written up to the position. */
    private void entryInside(Position write) {
        Cursor c = cursor(newest, true, orders, customers);
        apply(new Cursor(
                c.incarnation(), c.source(), 1, write, c.options(), newest, null, false, c.writtenAt(), c.streams()));
    }

    private String poll() throws InterruptedException {
        return told(reader.poll(Duration.ZERO));
    }

    private static String told(Optional<BoundaryBatch> batch) {
        return batch.map(b -> values(b)
                        + b.boundary().map(x -> " at " + x.position().lsn()).orElse(" and more"))
                .orElse("nothing");
    }

    private static List<String> values(BoundaryBatch batch) {
        List<String> values = new ArrayList<>();
        for (StreamRecord r : batch.records()) {
            byte[] value = r.value();
            values.add(value == null ? "-" : new String(value, StandardCharsets.UTF_8));
        }
        return values;
    }

    @Test
    void halfOfATransaction_isNotHandedOver_beforeItsBoundary() throws Exception {
        assertEquals("[] at 10", poll());
        topics.append(O0, 20, 1, "a");
        topics.append(C0, 20, 2, "b");
        assertEquals("nothing", poll());
        boundaryAt(25);
        topics.append(O1, 30, 1, "c");
        assertEquals("[b, a] at 25", poll());
        assertEquals("nothing", poll());
        boundaryAt(35);
        assertEquals("[c] at 35", poll());
    }

    @Test
    void partitionThatLagsBehind_holdsTheOthersUpToAnEarlierBoundary() throws Exception {
        poll();
        topics.append(C0, 20, 1, "a");
        topics.append(O0, 20, 2, "b");
        boundaryAt(25);
        topics.append(C0, 30, 1, "c");
        topics.append(O0, 30, 2, "d");
        boundaryAt(35);
        topics.pollLimit = 3;
        assertEquals("[a, b] at 25", poll());
        assertEquals("[c, d] at 35", poll());
    }

    @Test
    void storedState_isWhereItGoesOn_withoutWhatWasHandedOver() throws Exception {
        topics.append(O0, 20, 1, "a");
        topics.append(C0, 20, 2, "b");
        boundaryAt(25);
        topics.append(O0, 30, 1, "c");
        assertEquals("[] at 10", poll());
        BoundaryState state = reader.poll(Duration.ZERO).orElseThrow().state().orElseThrow();
        reader = reader(BoundaryLimits.DEFAULTS);
        reader.start(state);
        assertEquals("[] at 25", poll());
        // the producer's retry after an aborted batch: the same change once more
        topics.append(O0, 30, 1, "c");
        boundaryAt(35);
        assertEquals("[c] at 35", poll());
    }

    @Test
    void fill_comesToNoBoundaryBelowWhatWasWrittenWhenItBegan() throws Exception {
        topics.append(O0, 20, 1, "a");
        boundaryAt(25);
        topics.append(O0, 30, 1, "b");
        entryInside(new Position(1, 30, 1, 0));
        reader = reader(BoundaryLimits.DEFAULTS);
        reader.start(BoundaryState.NONE);
        assertEquals("nothing", poll());
        topics.append(O0, 30, 2, "c");
        boundaryAt(35);
        assertEquals("[a, b, c] at 35", poll());
    }

    @Test
    void fill_waitsForWhatWasOpenWhenItBegan() throws Exception {
        topics.append(O0, 20, 1, "a");
        boundaryAt(25);
        topics.append(O0, 30, 1, "b");
        reader = reader(BoundaryLimits.DEFAULTS);
        reader.start(BoundaryState.NONE);
        topics.stable.put(O0, 1L);
        assertEquals("nothing", poll());
        assertEquals("nothing", poll());
        assertTrue(reader.held().orElse("").contains("was open then"), String.valueOf(reader.held()));
        boundaryAt(35);
        topics.stable.clear();
        assertEquals("[a, b] at 35", poll());
        assertEquals(Optional.empty(), reader.held());
    }

    @Test
    void largeTransaction_comesInPieces_withoutWhatMayBelongToTheNext() throws Exception {
        reader = reader(SMALL);
        reader.start(BoundaryState.NONE);
        poll();
        for (int i = 1; i <= 5; i++) {
            topics.append(O0, 20, i, "a" + i);
        }
        entryInside(new Position(1, 20, 5, 0));
        topics.append(C0, 20, 6, "a6");
        topics.append(O1, 30, 1, "b");
        assertEquals("[a1, a2, a3, a4, a5] and more", poll());
        assertEquals("nothing", poll());
        topics.log.get(O1).clear();
        newest = boundary(25, topics.ends());
        topics.append(O1, 30, 1, "b");
        apply(cursor(newest, true, orders, customers));
        assertEquals("[a6] at 25", poll());
    }

    @Test
    void partitionsAhead_arePaused_whileOthersAreReadUpToTheBoundaryInPieces() throws Exception {
        reader = reader(SMALL);
        reader.start(BoundaryState.NONE);
        poll();
        for (int i = 1; i <= 9; i++) {
            topics.append(O0, 20, i, "a" + i);
        }
        boundaryAt(25);
        for (int i = 1; i <= 9; i++) {
            topics.append(C0, 30, i, "b" + i);
        }
        topics.pollLimit = 4;
        List<String> told = new ArrayList<>();
        for (int i = 0; i < 20 && (told.isEmpty() || !told.get(told.size() - 1).endsWith("at 25")); i++) {
            String piece = poll();
            if (!piece.equals("nothing")) {
                told.add(piece);
            }
            assertTrue(topics.position(C0) <= 8, "read ahead up to " + topics.position(C0));
        }
        assertEquals(List.of("[a1, a2, a3, a4] and more", "[a5, a6, a7, a8] and more", "[a9] at 25"), told);
    }

    @Test
    void streamThatDoesNotRun_holds_andGoesOnOnceItRuns() throws Exception {
        poll();
        StreamEntry ran = customers;
        customers = customers.broken(at(15), "a test wants it");
        topics.append(O0, 20, 1, "a");
        boundaryAt(25);
        assertEquals("nothing", poll());
        now = now.plusSeconds(2);
        poll();
        assertTrue(reader.held().orElse("").contains("a test wants it"), String.valueOf(reader.held()));
        customers = ran.running(at(30));
        boundaryAt(30);
        now = now.plusSeconds(2);
        assertEquals("[a] at 30", poll());
        assertEquals(Optional.empty(), reader.held());
    }

    @Test
    void streamThatStopsRunningBetweenPieces_hasThemTakenBack() throws Exception {
        reader = reader(SMALL);
        reader.start(BoundaryState.NONE);
        BoundaryState state = reader.poll(Duration.ZERO).orElseThrow().state().orElseThrow();
        for (int i = 1; i <= 5; i++) {
            topics.append(O0, 20, i, "a" + i);
        }
        entryInside(new Position(1, 20, 5, 0));
        assertTrue(poll().endsWith("and more"));
        customers = customers.broken(at(15), "a test wants it");
        entryInside(new Position(1, 20, 5, 0));
        assertThrows(PiecesLostException.class, this::poll);
        customers = stream(CUSTOMERS, 1).running(at(30));
        boundaryAt(30);
        reader.start(state);
        assertEquals("[a1, a2, a3, a4, a5] at 30", poll());
    }

    @Test
    void copyThatWasAwayTooLong_isToBeFilledAnew() throws Exception {
        BoundaryState state = reader.poll(Duration.ZERO).orElseThrow().state().orElseThrow();
        topics.append(O0, 20, 1, "a");
        boundaryAt(25);
        now = now.plus(PlayedReader.LIMIT);
        assertThrows(RefillException.class, this::poll);
        reader = reader(BoundaryLimits.DEFAULTS);
        assertThrows(RefillException.class, () -> reader.start(state));
        reader.start(BoundaryState.NONE);
        assertEquals("[a] at 25", poll());
    }

    @Test
    void boundary_isNotClaimedLate_alsoBetweenTwoLooks() throws Exception {
        BoundaryLimits seldom =
                new BoundaryLimits(4, 1 << 20, PlayedReader.LIMIT.multipliedBy(2), Duration.ofSeconds(1));
        reader = reader(seldom);
        reader.start(BoundaryState.NONE);
        assertEquals("[] at 10", poll());
        topics.append(O0, 20, 1, "a");
        boundaryAt(25);
        now = now.plus(PlayedReader.LIMIT);
        assertThrows(RefillException.class, this::poll);
    }

    @Test
    void whatIsReadAhead_countsAsAway() throws Exception {
        poll();
        now = now.plus(PlayedReader.LIMIT.dividedBy(2));
        topics.now = now;
        topics.append(O0, 20, 1, "a");
        boundaryAt(25);
        topics.append(C0, 30, 1, "b");
        Instant appended = now;
        poll();
        now = now.plus(PlayedReader.LIMIT.dividedBy(2)).minusSeconds(1);
        poll();
        topics.append(C0, 30, 2, "c");
        boundaryAt(35);
        topics.append(O0, 40, 1, "d");
        BoundaryState state = reader.poll(Duration.ZERO).orElseThrow().state().orElseThrow();
        assertFalse(state.atEnd().isAfter(appended), state.atEnd() + " is after " + appended);
    }

    @Test
    void topicMadeAgain_isToBeFilledAnew_onceTheLedgerSpeaksOfIt() throws Exception {
        poll();
        topics.ids.put(ORDERS, "another");
        now = now.plusSeconds(2);
        assertEquals("nothing", poll());
        assertTrue(reader.held().orElse("").contains("made again"), String.valueOf(reader.held()));
        orders = new StreamEntry(
                        orders.stream(),
                        ORDERS,
                        "another",
                        2,
                        "print",
                        "version",
                        orders.status(),
                        at(30),
                        null,
                        orders.snapshot())
                .running(at(30));
        boundaryAt(30);
        assertEquals("nothing", poll());
        now = now.plusSeconds(2);
        assertThrows(RefillException.class, this::poll);
    }

    @Test
    void topicMadeAgain_isNotTakenForTheFormer_alsoBetweenTwoLooks() throws Exception {
        poll();
        topics.append(O0, 20, 1, "a");
        boundaryAt(25);
        // the relay has written to the new one, and taken it back
        topics.ids.put(ORDERS, "another");
        topics.log.get(O0).clear();
        topics.passed.put(O0, 2L);
        assertEquals("nothing", poll());
        assertEquals("nothing", poll());
        assertTrue(reader.held().orElse("").contains("made again"), String.valueOf(reader.held()));
    }

    @Test
    void lastRecordBelowABoundary_thatIsGone_isNotWaitedFor() throws Exception {
        poll();
        topics.append(O0, 20, 1, "a");
        boundaryAt(25);
        topics.log.get(O0).clear();
        topics.passed.put(O0, 2L);
        BoundaryState state = reader.poll(Duration.ZERO).orElseThrow().state().orElseThrow();
        assertEquals(2, state.offsets().get(O0));
    }

    @Test
    void whatIsReadBeyondABoundary_withoutARecord_isNotStored() throws Exception {
        poll();
        topics.append(O0, 20, 1, "a");
        boundaryAt(25);
        topics.passed.put(O0, 2L);
        BoundaryState state = reader.poll(Duration.ZERO).orElseThrow().state().orElseThrow();
        assertEquals(1, state.offsets().get(O0));
    }

    @Test
    void valueReadBack_holdsUntilABoundaryIsCompleteToLaterThanIt() throws Exception {
        poll();
        topics.now = START.plusSeconds(25);
        topics.append(O0, new Position(1, 20, 1, 0), "a", true);
        boundaryAt(25);
        assertEquals("nothing", poll());
        assertTrue(reader.held().orElse("").contains("REPLICA IDENTITY FULL"), String.valueOf(reader.held()));
        boundaryAt(25 + ReadBackHold.CLOCKS_APART_SECONDS + 1);
        assertEquals("[a] at 86", poll());
        assertEquals(Optional.empty(), reader.held());
    }

    /** A ledger that is always read. */
    private record ReadLedger(LedgerView view) implements LedgerReader {
        @Override
        public int poll(Duration wait) {
            return 0;
        }

        @Override
        public void readToEnd(Duration limit) {}

        @Override
        public SchemaRecord awaitSchema(String stream, String version, Duration limit) {
            throw new UnsupportedOperationException("No schema is asked for");
        }

        @Override
        public void close() {}
    }
}
