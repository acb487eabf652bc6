package dev.freshet.examples.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

@OnServers
class ShopTest {
    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement s = connection.createStatement();
                ResultSet row = s.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void load(TestDatabase shop, double scale) throws Exception {
        TpchData data = new TpchData(scale);
        try (Connection c = shop.connect()) {
            ShopDatabase.create(c);
            ShopLoader.load(c, "customer", data.customers(), rows -> {});
            ShopLoader.load(c, "orders", data.orders(), rows -> {});
            ShopLoader.load(c, "lineitem", data.lines(), rows -> {});
            ShopDatabase.addReferences(c);
            EventTables.create(c, PublishWay.OUTBOX);
        }
    }

    @Test
    void data_isThatOfTheScale(TestDatabase shop) throws Exception {
        load(shop, 0.001);
        try (Connection c = shop.connect()) {
            assertEquals(150, number(c, "SELECT count(*) FROM customer"));
            assertEquals(1500, number(c, "SELECT count(*) FROM orders"));
            assertEquals(
                    1500, number(c, "SELECT count(DISTINCT l_orderkey) FROM lineitem"), "every order has its lines");
        }
    }

    @Test
    void service_writesAtItsRateAndInsertsUpdatesAndDeletes(TestDatabase shop) throws Exception {
        load(shop, 0.001);
        long began = System.nanoTime();
        OrderEvents events = PublishWay.OUTBOX.open("", new PGSimpleDataSource());
        ShopService service = ShopService.start(shop::connect, events, 2, 200, 1);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> service.transactions() >= 400 || service.failure() != null);
        double seconds = (System.nanoTime() - began) / 1e9;
        service.stop();
        assertNull(service.failure());
        assertTrue(seconds > 1.5, "400 transactions at 200 a second took only " + seconds + " s");
        try (Connection c = shop.connect()) {
            assertTrue(number(c, "SELECT count(*) FROM orders WHERE o_comment LIKE 'placed by%'") > 50);
            assertTrue(number(c, "SELECT count(*) FROM orders WHERE o_comment LIKE 'moved on%'") > 50);
            assertTrue(number(c, "SELECT count(*) FROM customer WHERE c_address LIKE '%Demo Street'") > 5);
            assertTrue(number(c, "SELECT count(*) FROM orders WHERE o_orderkey <= 6000") < 1500, "some were cancelled");
            long placed = number(c, "SELECT count(*) FROM freshet_outbox WHERE event_type = 'order-placed'");
            long cancelled = number(c, "SELECT count(*) FROM freshet_outbox WHERE event_type = 'order-cancelled'");
            assertEquals(1500 + placed - cancelled, number(c, "SELECT count(*) FROM orders"));
            assertEquals(placed + cancelled, number(c, "SELECT count(*) FROM event_journal"));
            assertTrue(placed > 50 && cancelled > 0, placed + " placed, " + cancelled + " cancelled");
        }
    }

    @Test
    void skew_drawsFewOftenAndScatterLosesNone() {
        SplittableRandom random = new SplittableRandom(5);
        int first = 0;
        for (int i = 0; i < 10_000; i++) {
            int rank = Skew.rank(random, 1000);
            assertTrue(rank >= 0 && rank < 1000);
            first += rank < 10 ? 1 : 0;
        }
        assertTrue(first > 2500 && first < 5000, "1 % of the ranks was drawn " + first + " times of 10,000");
        Set<Integer> scattered = new HashSet<>();
        for (int i = 0; i < 15_000; i++) {
            scattered.add(Skew.scatter(i, 15_000));
        }
        assertEquals(15_000, scattered.size());
    }
}
