package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitUnknownExceptionTest {
    private static boolean mayBe(String state) {
        return CommitUnknownException.mayBe(new SQLException("for a reason", state));
    }

    @Test
    void connectionThatIsLostOrEnded_leavesTheCommitOpen() {
        assertTrue(mayBe(null));
        for (String state : List.of("08006", "08003", "57P01", "57P02", "25S03", "40003")) {
            assertTrue(mayBe(state), state);
        }
    }

    @Test
    void transactionThatTheServerRolledBack_isNotOpen() {
        for (String state : List.of("40001", "40P01", "23505", "25P02", "57014", "42P01", "HY000")) {
            assertFalse(mayBe(state), state);
        }
    }
}
