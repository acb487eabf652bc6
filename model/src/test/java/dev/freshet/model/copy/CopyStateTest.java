package dev.freshet.model.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Position;
import dev.freshet.model.Token;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CopyStateTest {
    private static final String SYSTEM = "77";

    private static CopyState state(long timeline, Map<Long, Long> switches, Position reached) {
        return new CopyState("shop", SYSTEM, timeline, new TreeMap<>(switches), 1, reached, null);
    }

    private static CopyState at(long lsn) {
        return state(1, Map.of(), Position.boundary(1, lsn));
    }

    private static Token token(long timeline, long lsn) {
        return new Token(SYSTEM, timeline, lsn);
    }

    private static TokenStatus.Kind kind(CopyState state, Token token) {
        return state.answer(token).kind();
    }

    @Test
    void tokenAtOrBelowTheBoundary_isReached_aboveItIsToldByHowMuch() {
        assertEquals(TokenStatus.REACHED, at(100).answer(token(1, 99)));
        assertEquals(TokenStatus.REACHED, at(100).answer(token(1, 100)));
        TokenStatus later = at(100).answer(token(1, 130));
        assertEquals(TokenStatus.Kind.NOT_YET, later.kind());
        assertEquals(30, later.behindBytes());
        assertEquals(
                "The copy has reached 0/64 of source 'shop', the token is 0/82: 30 bytes of the source's log behind",
                later.reason());
    }

    @Test
    void noBoundary_orOneOfAnEarlierEpoch_isNotYet() {
        assertEquals(TokenStatus.Kind.NOT_YET, kind(state(1, Map.of(), null), token(1, 1)));
        CopyState newEpoch = new CopyState("shop", SYSTEM, 1, new TreeMap<>(), 2, Position.boundary(1, 100), null);
        assertEquals(TokenStatus.Kind.NOT_YET, kind(newEpoch, token(1, 1)));
        assertEquals(-1, newEpoch.answer(token(1, 1)).behindBytes());
    }

    @Test
    void ledgerNotReadYet_isNotYet() {
        assertEquals(TokenStatus.Kind.NOT_YET, kind(CopyState.unknown("shop"), token(1, 1)));
    }

    @Test
    void otherSystem_isLost() {
        assertEquals(TokenStatus.Kind.LOST, kind(at(100), new Token("78", 1, 1)));
    }

    @Test
    void olderTimeline_isLostBeyondAnySwitchOnTheWay() {
        CopyState third = state(3, Map.of(1L, 50L, 2L, 40L), Position.boundary(1, 100));
        assertEquals(TokenStatus.REACHED, third.answer(token(1, 40)));
        assertEquals(TokenStatus.Kind.LOST, kind(third, token(1, 45)));
        assertEquals(TokenStatus.Kind.LOST, kind(third, token(2, 41)));
        assertEquals(TokenStatus.REACHED, third.answer(token(3, 90)));
    }

    @Test
    void olderTimeline_thatTheLedgerDoesNotKnow_isLost() {
        assertEquals(TokenStatus.Kind.LOST, kind(state(2, Map.of(), Position.boundary(1, 100)), token(1, 1)));
    }

    @Test
    void newerTimeline_isNotYet_evenBelowTheBoundary() {
        assertEquals(TokenStatus.Kind.NOT_YET, kind(at(100), token(2, 50)));
    }

    @Test
    void failure_concernsTokensFromItsPositionOn() {
        CopyState.Failure inside = CopyState.Failure.since(new Position(1, 80, 3, 0), 1, "lost");
        CopyState broken = new CopyState("shop", SYSTEM, 1, new TreeMap<>(), 1, Position.boundary(1, 70), inside);
        assertEquals(TokenStatus.REACHED, broken.answer(token(1, 70)));
        assertEquals(TokenStatus.Kind.NOT_YET, kind(broken, token(1, 80)));
        assertEquals(TokenStatus.Kind.BROKEN, kind(broken, token(1, 81)));
        assertEquals(
                80, CopyState.Failure.since(Position.boundary(1, 80), 1, "lost").lsn());
        assertEquals(
                0, CopyState.Failure.since(Position.boundary(1, 80), 2, "lost").lsn());
    }

    @Test
    void failureOfTheCopy_concernsWhatItHasNotReached() {
        CopyState failed = at(100).failed("a record does not fit");
        assertEquals(TokenStatus.REACHED, failed.answer(token(1, 100)));
        TokenStatus later = failed.answer(token(1, 101));
        assertEquals(TokenStatus.Kind.BROKEN, later.kind());
        assertEquals("a record does not fit", later.reason());
        assertTrue(later.isFinal());
        assertEquals(TokenStatus.Kind.BROKEN, kind(state(1, Map.of(), null).failed("x"), token(1, 1)));
    }

    @Test
    void switches_survivePassingAsText() {
        SortedMap<Long, Long> switches = new TreeMap<>(Map.of(1L, 50L, 12L, 4_000_000_000_000L));
        CopyState state = state(13, switches, null);
        assertEquals("1:50,12:4000000000000", state.switchesText());
        assertEquals(switches, CopyState.parseSwitches(state.switchesText()));
        assertEquals(Map.of(), CopyState.parseSwitches(""));
        assertThrows(IllegalArgumentException.class, () -> CopyState.parseSwitches("1"));
        assertThrows(IllegalArgumentException.class, () -> CopyState.parseSwitches("1:2,"));
    }

    @Test
    void contradictions_areRejected() {
        assertThrows(IllegalArgumentException.class, () -> state(0, Map.of(), null));
        assertThrows(IllegalArgumentException.class, () -> state(1, Map.of(), new Position(1, 5, 1, 0)));
        assertThrows(IllegalArgumentException.class, () -> new TokenStatus(TokenStatus.Kind.LOST, 0, null));
        assertThrows(IllegalArgumentException.class, () -> new CopyState.Failure(-1, "x"));
    }
}
