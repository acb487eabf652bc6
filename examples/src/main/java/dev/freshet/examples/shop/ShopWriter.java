package dev.freshet.examples.shop;

import dev.freshet.outbox.Event;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One worker of the shop: does one business transaction at a time, on orders that are its own, so that workers never wait
 * for each other but at hot customers. Belongs to one thread.
 *
 * <p>Of 100 transactions about 40 place an order with 1 to 7 lines, 35 move an order on, 12 change a customer, 8 cancel an
 * order with all its lines, 3 register a customer, and 2 place an order and roll back. Who places or cancels an order publishes
 * an event of it in the same transaction.
 */
final class ShopWriter {
    private static final LocalDate FIRST_DAY = LocalDate.of(1998, 8, 3);
    private static final String[] MODES = {"AIR", "FOB", "MAIL", "RAIL", "REG AIR", "SHIP", "TRUCK"};
    private static final String[] PRIORITIES = {"1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"};

    private final Connection connection;
    private final OrderEvents events;
    private final SplittableRandom random;
    private final LiveOrders orders;
    private final AtomicLong nextOrder;
    private final AtomicLong nextCustomer;
    private final long customers;
    private final PreparedStatement insertOrder;
    private final PreparedStatement insertLine;
    private final PreparedStatement updateOrder;
    private final PreparedStatement updateLines;
    private final PreparedStatement updateCustomer;
    private final PreparedStatement insertCustomer;
    private final PreparedStatement deleteLines;
    private final PreparedStatement deleteOrder;
    private final PreparedStatement insertJournal;

    /**
     * Creates a worker.
     *
     * @param connection its own; auto-commit is switched off
     * @param events how it publishes
     * @param random its own
     * @param orders the orders that it may change
     * @param nextOrder the shared next order key
     * @param nextCustomer the shared next customer key
     * @param customers how many customers there were at the start, with keys from 1
     */
    ShopWriter(
            Connection connection,
            OrderEvents events,
            SplittableRandom random,
            LiveOrders orders,
            AtomicLong nextOrder,
            AtomicLong nextCustomer,
            long customers)
            throws SQLException {
        this.connection = connection;
        this.events = events;
        this.random = random;
        this.orders = orders;
        this.nextOrder = nextOrder;
        this.nextCustomer = nextCustomer;
        this.customers = customers;
        connection.setAutoCommit(false);
        insertOrder = connection.prepareStatement("INSERT INTO orders VALUES (?, ?, 'O', ?, ?, ?, ?, 0, ?)");
        insertLine = connection.prepareStatement(
                "INSERT INTO lineitem VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'N', 'O', ?, ?, ?, 'NONE', ?, ?)");
        updateOrder =
                connection.prepareStatement("UPDATE orders SET o_orderstatus = ?, o_comment = ? WHERE o_orderkey = ?");
        updateLines = connection.prepareStatement(
                "UPDATE lineitem SET l_linestatus = 'F', l_shipdate = ? WHERE l_orderkey = ?");
        updateCustomer = connection.prepareStatement(
                "UPDATE customer SET c_acctbal = c_acctbal + ?, c_address = ? WHERE c_custkey = ?");
        insertCustomer = connection.prepareStatement(
                "INSERT INTO customer VALUES (?, ?, ?, ?, '13-702-694-4520', 0, 'BUILDING', 'new')");
        deleteLines = connection.prepareStatement("DELETE FROM lineitem WHERE l_orderkey = ?");
        deleteOrder = connection.prepareStatement("DELETE FROM orders WHERE o_orderkey = ?");
        insertJournal = connection.prepareStatement("INSERT INTO event_journal (event_id, order_key) VALUES (?, ?)");
    }

    /** Does one business transaction, drawn by chance. */
    void transact() throws SQLException {
        int kind = random.nextInt(100);
        if (kind < 40 || orders.size() == 0) {
            placeOrder(true);
        } else if (kind < 75) {
            moveOn();
        } else if (kind < 87) {
            changeCustomer();
            connection.commit();
        } else if (kind < 95) {
            cancel();
        } else if (kind < 98) {
            register();
        } else {
            placeOrder(false);
        }
    }

    private void placeOrder(boolean commit) throws SQLException {
        long key = nextOrder.getAndIncrement();
        long customer = customer();
        BigDecimal total = price();
        try (OrderEvents.Transaction transaction = events.begin(connection)) {
            insertOrder(key, customer, total);
            publish(transaction, "order-placed", key, new OrderEvents.Placed(key, customer, total));
            if (commit) {
                transaction.commit();
                orders.add(key);
            } // else it is rolled back, and its event with it
        }
    }

    /** Publishes in the transaction, and writes it down there, so that the database can tell which events it has committed. */
    private void publish(OrderEvents.Transaction transaction, String type, long order, Object payload)
            throws SQLException {
        String key = Long.toString(order);
        UUID id = transaction.publish(Event.builder(OrderEvents.STREAM, type)
                .key(key)
                .payload(payload)
                .header(OrderEvents.PUBLISHER, OrderEvents.SHOP)
                .build());
        insertJournal.setObject(1, id);
        insertJournal.setString(2, key);
        insertJournal.executeUpdate();
    }

    private void insertOrder(long key, long customer, BigDecimal total) throws SQLException {
        Date today = Date.valueOf(FIRST_DAY.plusDays(random.nextInt(100)));
        int lines = 1 + random.nextInt(7);
        insertOrder.setLong(1, key);
        insertOrder.setLong(2, customer);
        insertOrder.setBigDecimal(3, total);
        insertOrder.setDate(4, today);
        insertOrder.setString(5, PRIORITIES[random.nextInt(PRIORITIES.length)]);
        insertOrder.setString(6, "Clerk#" + (100_000_000 + random.nextInt(1000)));
        insertOrder.setString(7, "placed by the demo " + Long.toString(random.nextLong() >>> 1, 36));
        insertOrder.executeUpdate();
        for (int line = 1; line <= lines; line++) {
            insertLine.setLong(1, key);
            insertLine.setLong(2, 1 + random.nextInt(200_000));
            insertLine.setLong(3, 1 + random.nextInt(10_000));
            insertLine.setInt(4, line);
            insertLine.setBigDecimal(5, BigDecimal.valueOf(1 + random.nextInt(50)));
            insertLine.setBigDecimal(6, price());
            insertLine.setBigDecimal(7, BigDecimal.valueOf(random.nextInt(11), 2));
            insertLine.setBigDecimal(8, BigDecimal.valueOf(random.nextInt(9), 2));
            insertLine.setDate(9, today);
            insertLine.setDate(10, today);
            insertLine.setDate(11, today);
            insertLine.setString(12, MODES[random.nextInt(MODES.length)]);
            insertLine.setString(13, "line of the demo");
            insertLine.addBatch();
        }
        insertLine.executeBatch();
    }

    private void moveOn() throws SQLException {
        long key = orders.at(orders.draw(random));
        boolean shipped = random.nextBoolean();
        updateOrder.setString(1, shipped ? "F" : "P");
        updateOrder.setString(2, "moved on by the demo " + Long.toString(random.nextLong() >>> 1, 36));
        updateOrder.setLong(3, key);
        updateOrder.executeUpdate();
        if (shipped) {
            updateLines.setDate(1, Date.valueOf(FIRST_DAY.plusDays(random.nextInt(200))));
            updateLines.setLong(2, key);
            updateLines.executeUpdate();
        }
        connection.commit();
    }

    private void changeCustomer() throws SQLException {
        updateCustomer.setBigDecimal(1, BigDecimal.valueOf(random.nextInt(20_000) - 10_000L, 2));
        updateCustomer.setString(2, Long.toString(random.nextLong() >>> 1, 36) + " Demo Street");
        updateCustomer.setLong(3, customer());
        updateCustomer.executeUpdate();
    }

    private void cancel() throws SQLException {
        int place = orders.draw(random);
        long key = orders.at(place);
        try (OrderEvents.Transaction transaction = events.begin(connection)) {
            deleteLines.setLong(1, key);
            deleteLines.executeUpdate();
            deleteOrder.setLong(1, key);
            // a commit that seemed to fail may have cancelled it already, or somebody else has
            if (deleteOrder.executeUpdate() == 1) {
                publish(transaction, "order-cancelled", key, new OrderEvents.Cancelled(key));
            }
            transaction.commit();
        }
        orders.remove(place);
    }

    private void register() throws SQLException {
        long key = nextCustomer.getAndIncrement();
        insertCustomer.setLong(1, key);
        insertCustomer.setString(2, "Customer#" + key);
        insertCustomer.setString(3, Long.toString(random.nextLong() >>> 1, 36));
        insertCustomer.setInt(4, random.nextInt(25));
        insertCustomer.executeUpdate();
        connection.commit();
    }

    private long customer() {
        int count = (int) Math.min(Integer.MAX_VALUE, customers);
        return 1L + Skew.scatter(Skew.rank(random, count), count);
    }

    private BigDecimal price() {
        return BigDecimal.valueOf(100_00 + random.nextInt(10_000_00), 2);
    }
}
