package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a {@code per-transaction} copy that was stopped is tried again. */
class WholeRetriesTest extends BankFixture {
    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration MOMENT = Duration.ofMillis(1);

    /** Each try writes all the pieces before the row. */
    @Test
    void fillWhoseLastRowIsRefused_isTriedLessAndLess() throws Exception {
        bank.database.execute("CREATE TABLE savings (id bigint PRIMARY KEY, money bigint CHECK (money < 1000000))");
        bank.moves(300);
        bank.lastIsTooMuch();
        try (HandDrivenWhole copy = new HandDrivenWhole(
                bank.config().batchRecords(50).retry(FIRST, LONGEST).build())) {
            copy.until(ReplicaStatus.State.FILLING);
            for (int minutes : new int[] {1, 2, 4, 8, 10, 10}) {
                copy.until(ReplicaStatus.State.RETRYING);
                assertTrue(bank.isNamed("savings", copy.reason()), copy.reason());
                copy.clock.advance(Duration.ofMinutes(minutes).minus(MOMENT));
                assertEquals(ReplicaStatus.State.RETRYING, copy.work(), "before " + minutes + " min were over");
                copy.clock.advance(MOMENT);
                assertEquals(ReplicaStatus.State.FILLING, copy.work(), "after " + minutes + " min");
            }
        }
    }
}
