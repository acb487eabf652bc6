package dev.freshet.replica.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Position;
import dev.freshet.replica.port.Owned;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrustedOffsetsTest {
    private final TrustedOffsets trusted = new TrustedOffsets();

    private static Position at(long lsn) {
        return Position.boundary(1, lsn);
    }

    private static Owned row(long fill, long offset, long lsn) {
        return new Owned("orders", fill, 0, 1, offset, at(lsn), null);
    }

    @Test
    void rowThatTheLedgerHasPassed_isTrusted() {
        assertTrue(trusted.learn(List.of(row(1, 7, 50)), at(50)));
        assertEquals(7, trusted.of(row(1, 7, 50)));
    }

    @Test
    void rowAheadOfTheLedger_countsAsItWas_untilTheLedgerHasComeAsFar() {
        trusted.learn(List.of(row(1, 7, 50)), at(50));
        assertTrue(trusted.learn(List.of(row(1, 9, 70)), at(60)));
        assertEquals(7, trusted.of(row(1, 9, 70)));
        trusted.learn(List.of(row(1, 12, 90)), at(70));
        assertEquals(9, trusted.of(row(1, 12, 90)));
        trusted.learn(List.of(row(1, 12, 90)), at(95));
        assertEquals(12, trusted.of(row(1, 12, 90)));
    }

    @Test
    void rowThatWasNeverPassed_isNotKnown() {
        assertFalse(trusted.learn(List.of(row(1, 7, 50)), at(40)));
        assertEquals(0, trusted.of(row(1, 7, 50)));
    }

    @Test
    void newFill_isNotTrustedForTheFormerOne() {
        trusted.learn(List.of(row(1, 7, 50)), at(50));
        assertFalse(trusted.learn(List.of(row(2, 3, 70)), at(60)));
        assertEquals(0, trusted.of(row(2, 3, 70)));
    }
}
