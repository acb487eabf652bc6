package dev.freshet.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks all the time whether copies claim to be complete beyond a change of their table that they do not show, on a thread of its
 * own, until it is closed.
 */
final class ChangeClaims implements AutoCloseable {
    private static final long PAUSE_NANOS = 10_000_000;

    private final LiveCopies.Database target;
    private final Map<ChangedTable, String> changed = new ConcurrentHashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private volatile boolean stopping;
    private volatile int checked;

    private ChangeClaims(LiveCopies.Database target) {
        this.target = target;
    }

    static ChangeClaims start(LiveCopies.Database target) {
        ChangeClaims claims = new ChangeClaims(target);
        claims.end.completeAsync(claims::look, r -> new Thread(r, "claims").start());
        return claims;
    }

    /** Takes note that a table was changed by statements that were committed below this LSN. */
    void isChanged(ChangedTable table, String lsn) {
        changed.put(table, lsn);
    }

    private Void look() {
        try (Connection c = target.connect();
                Statement s = c.createStatement()) {
            c.setAutoCommit(false);
            c.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            while (!stopping) {
                for (Map.Entry<ChangedTable, String> e : changed.entrySet()) {
                    check(s, e.getKey(), e.getValue());
                    c.rollback();
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            return null;
        } catch (SQLException e) {
            throw new IllegalStateException("The claims cannot be read", e);
        }
    }

    private void check(Statement s, ChangedTable table, String lsn) throws SQLException {
        try (ResultSet row = s.executeQuery(
                "SELECT FROM freshet.freshness WHERE complete AND '0/0'::pg_lsn + lsn::numeric >= '" + lsn + "'")) {
            if (!row.next()) {
                return;
            }
        }
        checked++;
        String found = count(s, table);
        if (!found.equals("0")) {
            wrong.add("complete beyond " + lsn + ", but of " + table.name() + " are " + table.untrue() + ": " + found);
        }
    }

    private static String count(Statement s, ChangedTable table) {
        try (ResultSet row = s.executeQuery(table.countUntrue())) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Ends it, and fails if there was a false claim, or none at all. */
    @Override
    public void close() {
        stopping = true;
        end.join();
        assertEquals(List.of(), wrong.stream().distinct().limit(10).toList());
        assertTrue(checked > 0, "nothing was claimed");
    }
}
