package dev.freshet.client;

import dev.freshet.model.Token;
import dev.freshet.model.copy.TokenStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A copy in the consumer's own database, as its service sees it: how fresh it is, and whether it has what a token stands
 * for.
 *
 * <pre>{@code
 * orders.insert(order);                                  // on the source, then commit
 * Token token = FreshetToken.take(sourceConnection);     // travels with the answer, as text
 * ...
 * Copy copy = Copy.of(dataSource, "shipping-customers"); // in the consuming service
 * copy.await(token, Duration.ofSeconds(2));              // now the copy shows the write
 * }</pre>
 *
 * <p>Made from a {@code DataSource} it may be used by any thread; made from a {@code Connection} by that connection's.
 */
public final class Copy {
    private static final long FIRST_PAUSE_NANOS = 1_000_000;
    private static final long LAST_PAUSE_NANOS = 20_000_000;

    private final String replica;
    private final @Nullable DataSource pool;
    private final @Nullable Connection connection;

    private Copy(String replica, @Nullable DataSource pool, @Nullable Connection connection) {
        this.replica = replica;
        this.pool = pool;
        this.connection = connection;
    }

    /**
     * Returns the copy of a replica.
     *
     * @param database the database that holds the copy; a call borrows one connection for as long as it lasts
     * @param replica the replica's name, as it is configured
     */
    public static Copy of(DataSource database, String replica) {
        return new Copy(replica, database, null);
    }

    /**
     * Returns the copy of a replica.
     *
     * @param connection a connection to the database that holds the copy; stays the caller's
     * @param replica the replica's name, as it is configured
     */
    public static Copy of(Connection connection, String replica) {
        return new Copy(replica, null, connection);
    }

    /**
     * Waits until the copy has everything that the token stands for; what is read after that shows it. It asks the copy's
     * database every 1 to 20 ms. Several sources of the token's system are all waited for (see {@link #status}).
     *
     * @param token taken on the source with {@link FreshetToken#take}
     * @param timeout how long to wait; zero asks once
     * @throws TokenTimeoutException if the copy is not there in time; the message says how far it is
     * @throws TokenFailedException at once, if what the token stands for is lost or the copy is broken
     * @throws IllegalStateException if the connection's transaction cannot see what is committed meanwhile (repeatable read
     *     or serializable)
     * @throws dev.freshet.model.ConfigurationException if no such replica has reported in the database
     * @throws dev.freshet.model.FreshetException if the database fails
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public void await(Token token, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        with(connected -> {
            long pause = FIRST_PAUSE_NANOS;
            while (true) {
                List<CopyRow> rows = CopyRow.read(connected, replica);
                TokenStatus status = answer(rows, token);
                if (status.reached()) {
                    return null;
                }
                long left = deadline - System.nanoTime();
                if (status.isFinal() || left <= 0) {
                    throw failed(token, timeout, status, rows);
                }
                LockSupport.parkNanos(this, Math.min(pause, left));
                if (Thread.interrupted()) {
                    throw new InterruptedException("Interrupted while the copy '" + replica + "' was awaited");
                }
                pause = Math.min(2 * pause, LAST_PAUSE_NANOS);
            }
        });
    }

    private RuntimeException failed(Token token, Duration timeout, TokenStatus status, List<CopyRow> rows) {
        if (status.isFinal()) {
            return new TokenFailedException(
                    "The copy '" + replica + "' will not reach the token " + token + " (" + status.kind() + "): "
                            + status.reason(),
                    status.kind());
        }
        CopyFreshness now = freshness(rows);
        return new TokenTimeoutException(
                "The copy '" + replica + "' has not reached the token " + token + " within " + timeout.toMillis()
                        + " ms. " + status.reason() + ". It is complete to " + now.completeTo() + " and "
                        + (now.changesBehind() == null ? "an unknown number of" : now.changesBehind())
                        + " changes behind"
                        + (now.reason() == null ? "" : "; not complete: " + now.reason()),
                status);
    }

    /**
     * Returns what the copy answers to the token now. A token names the source's system, not the source: where several of
     * the copy's sources are of that system, or have not read their ledger yet and so may be, it is the {@link
     * TokenStatus#worse worst} of their answers.
     *
     * @throws dev.freshet.model.ConfigurationException if no such replica has reported in the database
     * @throws dev.freshet.model.FreshetException if the database fails
     */
    public TokenStatus status(Token token) {
        return withoutWait(connected -> answer(CopyRow.read(connected, replica), token));
    }

    private static TokenStatus answer(List<CopyRow> rows, Token token) {
        // a source whose ledger has not been read may be the token's
        return rows.stream()
                .map(CopyRow::state)
                .filter(s -> s.system().equals(token.system()) || s.system().isEmpty())
                .map(s -> s.answer(token))
                .reduce(TokenStatus::worse)
                .orElseGet(() -> rows.get(0).state().answer(token));
    }

    /**
     * Returns how fresh the copy is.
     *
     * @throws dev.freshet.model.ConfigurationException if no such replica has reported in the database
     * @throws dev.freshet.model.FreshetException if the database fails
     */
    public CopyFreshness freshness() {
        return withoutWait(connected -> freshness(CopyRow.read(connected, replica)));
    }

    private CopyFreshness freshness(List<CopyRow> rows) {
        boolean complete = rows.stream().allMatch(CopyRow::complete);
        String reason = rows.stream()
                .filter(row -> !row.complete())
                .map(row -> row.reason() == null ? "unknown" : row.reason())
                .collect(Collectors.joining("; "));
        boolean timed = rows.stream().noneMatch(row -> row.completeTo() == null || row.age() == null);
        Instant completeTo = null;
        Duration age = null;
        if (timed) {
            for (CopyRow row : rows) {
                completeTo = min(completeTo, row.completeTo());
                age = max(age, row.age());
            }
        }
        Long behind = 0L;
        for (CopyRow row : rows) {
            behind = behind == null || row.changesBehind() == null ? null : Long.valueOf(behind + row.changesBehind());
        }
        return new CopyFreshness(replica, complete, complete ? null : reason, completeTo, age, behind);
    }

    private static @Nullable Instant min(@Nullable Instant a, @Nullable Instant b) {
        return a == null || (b != null && b.isBefore(a)) ? b : a;
    }

    private static @Nullable Duration max(@Nullable Duration a, @Nullable Duration b) {
        return a == null || (b != null && b.compareTo(a) > 0) ? b : a;
    }

    /** What is done with a connection. */
    private interface Work<T> {
        T with(Connection connection) throws InterruptedException;
    }

    private <T> T withoutWait(Work<T> work) {
        try {
            return with(work);
        } catch (InterruptedException e) {
            throw new IllegalStateException("What does not wait cannot be interrupted", e);
        }
    }

    private <T extends @Nullable Object> T with(Work<T> work) throws InterruptedException {
        try {
            if (pool != null) {
                try (Connection borrowed = pool.getConnection()) {
                    return checked(borrowed, work);
                }
            }
            if (connection != null) {
                return checked(connection, work);
            }
            throw new IllegalStateException("A copy has a pool or a connection");
        } catch (SQLException e) {
            throw SqlFaults.translate("asking the copy '" + replica + "'", e);
        }
    }

    private static <T extends @Nullable Object> T checked(Connection connection, Work<T> work)
            throws SQLException, InterruptedException {
        if (!connection.getAutoCommit()
                && connection.getTransactionIsolation() > Connection.TRANSACTION_READ_COMMITTED) {
            throw new IllegalStateException("The connection is in a repeatable-read or serializable transaction, which"
                    + " does not see what the replica commits meanwhile: await first, then begin it");
        }
        return work.with(connection);
    }
}
