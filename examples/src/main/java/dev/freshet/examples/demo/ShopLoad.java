package dev.freshet.examples.demo;

import dev.freshet.examples.shop.ShopDatabase;
import dev.freshet.examples.shop.ShopLoader;
import dev.freshet.examples.shop.TpchData;
import io.trino.tpch.TpchEntity;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Loads the shop's database, its tables side by side. */
final class ShopLoad {
    private static final long SHOWN_MILLIS = 200;

    private ShopLoad() {}

    /** Makes and fills the tables, unless an earlier run did. */
    static void load(Callable<Connection> shop, TpchData data, DemoView view) throws Exception {
        try (Connection c = shop.call()) {
            if (isLoaded(c)) {
                view.say("The shop is there from an earlier run.");
                return;
            }
            ShopDatabase.create(c);
        }
        long began = System.nanoTime();
        AtomicLong customers = new AtomicLong();
        AtomicLong orders = new AtomicLong();
        AtomicLong lines = new AtomicLong();
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            Future<?> first = pool.submit(() -> {
                copy(shop, "customer", data.customers(), customers);
                copy(shop, "orders", data.orders(), orders);
                return null;
            });
            Future<?> second = pool.submit(() -> {
                copy(shop, "lineitem", data.lines(), lines);
                return null;
            });
            for (Future<?> part : new Future<?>[] {first, second}) {
                await(
                        part,
                        () -> view.progress(DemoText.format(
                                "loading: %,d customers, %,d orders, %,d lines",
                                customers.get(), orders.get(), lines.get())));
            }
        } finally {
            pool.shutdownNow();
        }
        try (Connection c = shop.call()) {
            ShopDatabase.addReferences(c);
        }
        view.say(DemoText.format(
                "The shop has %,d customers, %,d orders, %,d lines (TPC-H; loaded in %.1f s).",
                customers.get(), orders.get(), lines.get(), (System.nanoTime() - began) / 1e9));
    }

    private static boolean isLoaded(Connection connection) throws java.sql.SQLException {
        try (Statement s = connection.createStatement();
                ResultSet row = s.executeQuery("SELECT to_regclass('lineitem') IS NOT NULL")) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static void copy(
            Callable<Connection> shop, String table, Iterable<? extends TpchEntity> rows, AtomicLong count)
            throws Exception {
        try (Connection c = shop.call()) {
            ShopLoader.load(c, table, rows, count::set);
        }
    }

    private static void await(Future<?> part, Runnable show) throws Exception {
        while (true) {
            try {
                part.get(SHOWN_MILLIS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                show.run();
            }
        }
    }
}
