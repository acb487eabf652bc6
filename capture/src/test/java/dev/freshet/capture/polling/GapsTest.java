package dev.freshet.capture.polling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.polling.Writer.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class GapsTest {
    private static final Writer A = new Writer("a", "1", Kind.TRANSACTION);
    private static final Writer B = new Writer("b", "2", Kind.TRANSACTION);
    private static final Writer PREPARED = new Writer("p", "", Kind.DETACHED);
    private static final Writer STATEMENT = new Writer("s", "1", Kind.STATEMENT);

    private final Gaps gaps = new Gaps();

    private void answer(Writer... writers) {
        gaps.answered(List.of(writers));
        gaps.bury();
    }

    @Test
    void gap_diesWhenAllHaveEndedThatWroteWhenItWasSeen() {
        gaps.add(5, 7);
        gaps.bury();
        assertEquals(1, gaps.size(), "nobody was asked yet");
        answer(A, B);
        answer(B);
        assertEquals(4, gaps.settled(9));
        answer(new Writer("c", "1", Kind.TRANSACTION));
        assertTrue(gaps.isEmpty(), "who has begun later has no seq of it");
        assertEquals(9, gaps.settled(9));
    }

    @Test
    void gapThatNobodyCouldFill_diesAtTheFirstQuestion() {
        gaps.add(5, 5);
        answer();
        assertTrue(gaps.isEmpty());
    }

    @Test
    void transactionThatIsPreparedMeanwhile_isWaitedFor() {
        gaps.add(5, 5);
        answer(A);
        answer(PREPARED);
        assertEquals(1, gaps.size(), "it may be the same");
        answer(new Writer("q", "", Kind.DETACHED));
        assertTrue(gaps.isEmpty(), "a prepared one becomes no other");
    }

    @Test
    void statementWhoseTransactionShowsLater_isWaitedForToItsEnd() {
        gaps.add(5, 5);
        answer(STATEMENT);
        answer(STATEMENT, A);
        answer(A);
        answer(A, STATEMENT);
        assertEquals(1, gaps.size());
        answer(new Writer("t", "1", Kind.STATEMENT), B);
        assertTrue(gaps.isEmpty());
    }

    @Test
    void rowsThatAreFound_splitTheirGap() {
        gaps.add(5, 9);
        answer(A);
        gaps.found(List.of(Run.of(6, 7)));
        assertEquals(List.of(Run.of(5, 5), Run.of(8, 9)), gaps.runs());
        gaps.found(List.of(Run.of(5, 5), Run.of(9, 9)));
        assertEquals(List.of(Run.of(8, 8)), gaps.runs());
        answer();
        assertTrue(gaps.isEmpty(), "the rest waits for the same ones");
    }

    @Test
    void gapsBetweenRuns_areFoundAgain() {
        gaps.addBetween(3, List.of(Run.of(4, 6), Run.of(9, 9)), 10);
        assertEquals(List.of(Run.of(3, 3), Run.of(7, 8), Run.of(10, 10)), gaps.runs());
        assertEquals(2, gaps.settled(10));
    }
}
