package dev.freshet.examples.demo;

import dev.freshet.examples.shop.OrderEvents;
import dev.freshet.outbox.Event;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The shop's way to publish, with a clock: how long an event takes from the return of its commit in the shop until shipping has
 * committed it. Safe to share between threads.
 */
final class MeasuredEvents implements OrderEvents {
    private static final int KEPT = 10_000;
    /** What comes on top while shipping is away is counted, and not measured. */
    private static final int MOST_UNDERWAY = 100_000;

    private final OrderEvents way;
    private final AtomicLong published = new AtomicLong();
    private final Percentiles times = new Percentiles(KEPT);
    /** When the first of the two has happened to an event, its commit or its arrival. */
    private final Map<UUID, Long> underway = new ConcurrentHashMap<>();

    private volatile @Nullable Long measuredSince;

    MeasuredEvents(OrderEvents way) {
        this.way = way;
    }

    @Override
    public Transaction begin(Connection connection) {
        return new Measured(way.begin(connection));
    }

    @Override
    public void settle(Connection connection) throws SQLException {
        way.settle(connection);
    }

    /** Measures the events that are committed from now on; the first filling of the copies has delayed those before. */
    void measure() {
        measuredSince = System.nanoTime();
    }

    /** Takes note that shipping has an event. */
    void arrived(UUID id) {
        long now = System.nanoTime();
        Long committed = meet(id, now);
        if (committed != null) {
            add(committed, now - committed);
        }
    }

    private void committed(UUID id, long now) {
        // shipping may have it before the shop hears that it is committed
        if (meet(id, now) != null) {
            add(now, 0);
        }
    }

    private void add(long committed, long nanos) {
        Long since = measuredSince;
        if (since != null && committed - since >= 0) {
            times.add(nanos);
        }
    }

    private @Nullable Long meet(UUID id, long now) {
        Long first = underway.remove(id);
        if (first == null && underway.size() < MOST_UNDERWAY) {
            // of two at once, the second finds the first
            first = underway.putIfAbsent(id, now);
            if (first != null) {
                underway.remove(id);
            }
        }
        return first;
    }

    /** Returns how many events the shop knows to be committed. */
    long published() {
        return published.get();
    }

    Percentiles times() {
        return times;
    }

    @Override
    public void close() {
        way.close();
    }

    private final class Measured implements Transaction {
        private final Transaction transaction;
        private final List<UUID> ids = new ArrayList<>();

        Measured(Transaction transaction) {
            this.transaction = transaction;
        }

        @Override
        public UUID publish(Event event) {
            UUID id = transaction.publish(event);
            ids.add(id);
            return id;
        }

        @Override
        public void commit() throws SQLException {
            transaction.commit();
            long now = System.nanoTime();
            published.addAndGet(ids.size());
            ids.forEach(id -> committed(id, now));
        }

        @Override
        public void close() throws SQLException {
            transaction.close();
        }
    }
}
