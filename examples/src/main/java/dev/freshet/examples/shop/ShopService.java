package dev.freshet.examples.shop;

import dev.freshet.examples.Reconnecting;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The shop service: workers that together write at a steady rate, each on its own connection.
 *
 * <p>A worker whose connection breaks goes on with a new one. One that falls behind by more than a second gives the arrears up, so that a slow moment is not followed by a burst.
 * {@link #transactions()} tells what was really done. Methods may be called by any thread.
 */
public final class ShopService {
    private static final long GIVE_UP_NANOS = 1_000_000_000L;

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong nextOrder;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private volatile boolean stopping;

    private ShopService(long nextOrder) {
        this.nextOrder = new AtomicLong(nextOrder);
    }

    /**
     * Starts the service on a loaded database.
     *
     * @param connections gives a new connection for each worker
     * @param events how it publishes; to be closed after the service has stopped
     * @param workers how many workers
     * @param perSecond how many transactions a second they do together, 1 or more
     * @param seed decides all that is drawn by chance
     */
    public static ShopService start(
            Callable<Connection> connections, OrderEvents events, int workers, int perSecond, long seed)
            throws Exception {
        long maxOrder;
        long customers;
        List<LiveOrders> orders = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            orders.add(new LiveOrders());
        }
        try (Connection c = connections.call();
                Statement s = c.createStatement()) {
            customers = number(s, "SELECT coalesce(max(c_custkey), 0) FROM customer");
            maxOrder = 0;
            c.setAutoCommit(false);
            s.setFetchSize(10_000);
            try (ResultSet rows = s.executeQuery("SELECT o_orderkey FROM orders ORDER BY o_orderkey")) {
                while (rows.next()) {
                    maxOrder = rows.getLong(1);
                    orders.get((int) (maxOrder % workers)).add(maxOrder);
                }
            }
        }
        if (customers == 0) {
            throw new IllegalStateException("The shop's database has no customers: load it first");
        }
        ShopService service = new ShopService(maxOrder + 1);
        AtomicLong nextCustomer = new AtomicLong(customers + 1);
        SplittableRandom random = new SplittableRandom(seed);
        long interval = 1_000_000_000L * workers / perSecond;
        for (int i = 0; i < workers; i++) {
            SplittableRandom own = random.split();
            LiveOrders ofWorker = orders.get(i);
            long first = System.nanoTime() + interval * i / workers;
            Reconnecting.Work work = c -> {
                ShopWriter writer =
                        new ShopWriter(c, events, own, ofWorker, service.nextOrder, nextCustomer, customers);
                events.settle(c);
                service.work(writer, first, interval);
            };
            Thread thread = new Thread(() -> service.work(connections, work), "shop-" + i);
            thread.setDaemon(true);
            service.threads.add(thread);
        }
        service.threads.forEach(Thread::start);
        return service;
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void work(Callable<Connection> connections, Reconnecting.Work work) {
        try {
            Reconnecting.run(connections, () -> stopping, work);
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
    }

    private void work(ShopWriter writer, long first, long interval) throws SQLException {
        long due = first;
        while (!stopping) {
            long now = System.nanoTime();
            if (now < due) {
                LockSupport.parkNanos(due - now);
                continue;
            }
            writer.transact();
            transactions.incrementAndGet();
            due = now - due > GIVE_UP_NANOS ? now : due + interval;
        }
    }

    /** Returns how many transactions were done so far, rollbacks included. */
    public long transactions() {
        return transactions.get();
    }

    /** Takes an order key that no worker will use, for an order that somebody else places. */
    public long takeOrderKey() {
        return nextOrder.getAndIncrement();
    }

    /** Returns what stopped a worker, or null while all work. */
    public @Nullable Exception failure() {
        return failure.get();
    }

    /** Stops the workers and waits until their last transactions have ended. */
    public void stop() throws InterruptedException {
        stopping = true;
        for (Thread t : threads) {
            t.join();
        }
    }
}
