package dev.freshet.examples.demo;

import dev.freshet.examples.Reconnecting;
import dev.freshet.examples.shop.ShopService;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long a change takes from the return of its commit in the shop until a query of the copy sees it: places an
 * order of its own, asks the copy for it every half millisecond, and so on a few times a second.
 */
final class CopyLatency {
    private static final int KEPT = 10_000;
    private static final long ASK_NANOS = 500_000;
    private static final long PAUSE_NANOS = 50_000_000;
    private static final long GIVE_UP_NANOS = 30_000_000_000L;
    private static final String PLACE = "INSERT INTO orders VALUES (?, 1, 'O', 1.00, '1998-08-03', '5-LOW',"
            + " 'Clerk#000000001', 0, 'placed to measure the way to the copy')";

    private final Percentiles times = new Percentiles(KEPT);
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final AtomicLong unseen = new AtomicLong();
    private final ShopService shop;
    private final Thread thread;
    private volatile boolean stopping;

    private CopyLatency(Callable<Connection> source, Callable<Connection> copy, ShopService shop) {
        this.shop = shop;
        this.thread = new Thread(() -> work(source, copy), "latency");
        this.thread.setDaemon(true);
    }

    static CopyLatency start(Callable<Connection> source, Callable<Connection> copy, ShopService shop) {
        CopyLatency latency = new CopyLatency(source, copy, shop);
        latency.thread.start();
        return latency;
    }

    private void work(Callable<Connection> source, Callable<Connection> copy) {
        try {
            Reconnecting.run(source, () -> stopping, s -> {
                try (Connection c = copy.call()) {
                    work(s, c);
                }
            });
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
    }

    private void work(Connection source, Connection copy) throws SQLException {
        try (PreparedStatement place = source.prepareStatement(PLACE);
                PreparedStatement ask = copy.prepareStatement("SELECT 1 FROM order_copy WHERE o_orderkey = ?")) {
            while (!stopping) {
                long key = shop.takeOrderKey();
                place.setLong(1, key);
                place.executeUpdate();
                long committed = System.nanoTime();
                ask.setLong(1, key);
                if (await(ask, committed)) {
                    times.add(System.nanoTime() - committed);
                } else if (!stopping) {
                    unseen.incrementAndGet();
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private boolean await(Statement ask, long since) throws SQLException {
        PreparedStatement prepared = (PreparedStatement) ask;
        while (!stopping && System.nanoTime() - since < GIVE_UP_NANOS) {
            try (ResultSet row = prepared.executeQuery()) {
                if (row.next()) {
                    return true;
                }
            }
            LockSupport.parkNanos(ASK_NANOS);
        }
        return false;
    }

    Percentiles times() {
        return times;
    }

    /** Returns how many changes were not seen within 30 s. */
    long unseen() {
        return unseen.get();
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
