package dev.freshet.examples.shipping;

import dev.freshet.examples.Reconnecting;
import dev.freshet.examples.shop.Skew;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The shipping service: "to which address do the lines of the next order from this key on go", answered from its own database alone, with a join
 * over its three copies. The shop may be down: it does not notice.
 */
public final class ShippingService {
    private static final String LABEL = """
            SELECT c.name, c.address, o.o_orderpriority, count(l.l_linenumber)
            FROM order_copy o JOIN customer_copy c ON c.id = o.o_custkey
            LEFT JOIN lineitem_copy l ON l.l_orderkey = o.o_orderkey
            WHERE o.o_orderkey = (SELECT min(o_orderkey) FROM order_copy WHERE o_orderkey >= ?) GROUP BY 1, 2, 3""";
    private static final long READY_WAIT_NANOS = 100_000_000L;

    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean stopping;

    private ShippingService(Callable<Connection> connections, int perSecond, int orders) {
        this.thread = new Thread(() -> work(connections, 1_000_000_000L / perSecond, orders), "shipping");
        this.thread.setDaemon(true);
    }

    /**
     * Starts the service; until the copies are there, it waits for them.
     *
     * @param connections gives a connection to its own database
     * @param perSecond how many questions a second
     * @param orders up to which order key it is asked
     */
    public static ShippingService start(Callable<Connection> connections, int perSecond, int orders) {
        ShippingService service = new ShippingService(connections, perSecond, orders);
        service.thread.start();
        return service;
    }

    private void work(Callable<Connection> connections, long interval, int orders) {
        try {
            Reconnecting.run(connections, () -> stopping, c -> work(c, interval, orders));
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
    }

    private void work(Connection connection, long interval, int orders) throws SQLException {
        SplittableRandom random = new SplittableRandom(7);
        awaitCopies(connection);
        try (PreparedStatement label = connection.prepareStatement(LABEL)) {
            long due = System.nanoTime();
            while (!stopping) {
                label.setLong(1, 1 + Skew.scatter(Skew.rank(random, orders), orders));
                try (ResultSet row = label.executeQuery()) {
                    (row.next() ? answered : unknown).incrementAndGet();
                }
                due = Math.max(due + interval, System.nanoTime());
                LockSupport.parkNanos(due - System.nanoTime());
            }
        }
    }

    private void awaitCopies(Connection connection) throws SQLException {
        try (PreparedStatement there = connection.prepareStatement("SELECT to_regclass('order_copy') IS NOT NULL"
                + " AND to_regclass('customer_copy') IS NOT NULL AND to_regclass('lineitem_copy') IS NOT NULL")) {
            while (!stopping) {
                try (ResultSet row = there.executeQuery()) {
                    if (row.next() && row.getBoolean(1)) {
                        return;
                    }
                }
                LockSupport.parkNanos(READY_WAIT_NANOS);
            }
        }
    }

    /** Returns how many questions were answered. */
    public long answered() {
        return answered.get();
    }

    /** Returns how many got no answer, since there was no such order, or not its customer. */
    public long unknown() {
        return unknown.get();
    }

    /** Returns what stopped it, or null while it works. */
    public @Nullable Exception failure() {
        return failure.get();
    }

    /** Stops it and waits for the end of its last piece of work. */
    public void stop() throws InterruptedException {
        stopping = true;
        thread.join();
    }
}
