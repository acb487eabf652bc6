package dev.freshet.examples.demo;

import dev.freshet.client.Copy;
import dev.freshet.client.FreshetToken;
import dev.freshet.client.TokenTimeoutException;
import dev.freshet.examples.Reconnecting;
import dev.freshet.model.Token;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Compares samples while everything flows: reads a range of a table, takes a token, waits until the copy has what the token
 * stands for, and reads the copy. A row that the shop changes meanwhile is left out; one that has stayed the same and is not
 * so in the copy is a difference.
 */
final class LiveCheck {
    private static final int RANGE = 400;
    private static final Duration TOKEN_LIMIT = Duration.ofMinutes(1);
    private static final Duration WAIT = Duration.ofMillis(500);
    private static final long PAUSE_NANOS = 500_000_000L;

    private final AtomicLong checked = new AtomicLong();
    private final AtomicLong differences = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final String replica;
    private final Thread thread;
    private volatile boolean stopping;

    private LiveCheck(
            Callable<Connection> source,
            Callable<Connection> copy,
            String replica,
            List<CopiedTable> tables,
            long maxKey) {
        this.replica = replica;
        this.thread = new Thread(() -> work(source, copy, tables, maxKey), "live-check");
        this.thread.setDaemon(true);
    }

    /**
     * Starts the checks.
     *
     * @param source gives a connection to the source
     * @param copy gives a connection to the copies, which are there
     * @param replica the replica that keeps the copies
     * @param tables what is compared
     * @param maxKey up to which first key ranges are drawn
     */
    static LiveCheck start(
            Callable<Connection> source,
            Callable<Connection> copy,
            String replica,
            List<CopiedTable> tables,
            long maxKey) {
        LiveCheck check = new LiveCheck(source, copy, replica, tables, maxKey);
        check.thread.start();
        return check;
    }

    private void work(Callable<Connection> source, Callable<Connection> copy, List<CopiedTable> tables, long maxKey) {
        SplittableRandom random = new SplittableRandom(11);
        try {
            Reconnecting.run(source, () -> stopping, s -> {
                try (Connection c = copy.call()) {
                    for (int i = 0; !stopping; i++) {
                        check(s, c, tables.get(i % tables.size()), 1 + random.nextLong(maxKey));
                        LockSupport.parkNanos(PAUSE_NANOS);
                    }
                }
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
    }

    private void check(Connection source, Connection copy, CopiedTable table, long from)
            throws SQLException, InterruptedException {
        String key = table.key().get(0);
        String copyKey = table.columns().getOrDefault(key, key);
        String sourceSql = table.sourceQuery(" WHERE " + key + " BETWEEN ? AND ?");
        String copySql = table.copyQuery(" WHERE " + copyKey + " BETWEEN ? AND ?");
        int keys = table.key().size();
        Map<String, String> before = rows(source, sourceSql, keys, from);
        Token token = FreshetToken.take(source);
        if (!reached(copy, token)) {
            return;
        }
        Map<String, String> there = rows(copy, copySql, keys, from);
        Map<String, String> after = rows(source, sourceSql, keys, from);
        before.forEach((k, row) -> {
            if (row.equals(after.get(k)) && !row.equals(there.get(k))) {
                differences.incrementAndGet();
            }
        });
        checked.addAndGet(before.size());
    }

    // in short waits, so that a stop does not have to wait for the whole limit
    private boolean reached(Connection copy, Token token) throws InterruptedException {
        long until = System.nanoTime() + TOKEN_LIMIT.toNanos();
        boolean there = false;
        while (!there && !stopping && System.nanoTime() < until) {
            there = awaited(copy, token);
        }
        return there;
    }

    private boolean awaited(Connection copy, Token token) throws InterruptedException {
        try {
            Copy.of(copy, replica).await(token, WAIT);
            return true;
        } catch (TokenTimeoutException e) {
            return false;
        }
    }

    private static Map<String, String> rows(Connection connection, String sql, int keys, long from)
            throws SQLException {
        Map<String, String> result = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, from);
            statement.setLong(2, from + RANGE);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    StringBuilder key = new StringBuilder();
                    for (int i = 1; i <= keys; i++) {
                        key.append(rows.getLong(i)).append(' ');
                    }
                    result.put(key.toString(), rows.getString(keys + 1));
                }
            }
        }
        return result;
    }

    /** Returns how many rows were compared. */
    long checked() {
        return checked.get();
    }

    /** Returns how many of them differed. */
    long differences() {
        return differences.get();
    }

    @Nullable
    Exception failure() {
        return failure.get();
    }

    /** Stops it and waits for the end of its last piece of work. */
    public void stop() throws InterruptedException {
        stopping = true;
        thread.join();
    }
}
