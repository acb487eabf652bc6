package dev.freshet.examples.demo;

import dev.freshet.client.FreshetToken;
import dev.freshet.examples.shipping.ShippingService;
import dev.freshet.examples.shop.ShopService;
import dev.freshet.examples.shop.TpchData;
import dev.freshet.model.Token;
import dev.freshet.server.Server;
import dev.freshet.server.config.Configuration;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The demonstration: a shop writes and publishes events, Freshet copies, shipping answers from the copies and keeps the events;
 * at the end source and copies are compared row by row, and the events one by one.
 *
 * <p>Kafka and PostgreSQL are child processes; the relay and the replica run in this process, or where processes are to be
 * killed in one of their own, as {@code freshet run} would run them, from a configuration that stands in the data folder.
 */
public final class Demo {
    private static final int WORKERS = 4;
    private static final int QUESTIONS_PER_SECOND = 50;
    private static final long SHOWN_MILLIS = 500;
    private static final long SEED = 20_260_101;
    private static final Duration FILL_LIMIT = Duration.ofMinutes(2);
    private static final Duration CATCH_UP_LIMIT = Duration.ofMinutes(5);

    private final DemoOptions options;
    private final CountDownLatch stop;

    Demo(DemoOptions options, CountDownLatch stop) {
        this.options = options;
        this.stop = stop;
    }

    /**
     * Runs the demonstration, shown live on the terminal, or as lines where there is none.
     *
     * @param options how it runs
     * @param out where it is told
     * @param stop counted down to end it before its time; copies are compared all the same
     * @return whether source and copies were the same, and the events came as their way promises
     */
    public static boolean run(DemoOptions options, PrintWriter out, CountDownLatch stop) throws Exception {
        Demo demo = new Demo(options, stop);
        try (DemoView view = LiveView.open(out).<DemoView>map(v -> v).orElseGet(() -> new PlainView(out))) {
            DemoReport report = demo.run(view);
            report.lines().forEach(view::say);
            return report.good();
        }
    }

    /** Runs the demonstration on the given view. */
    DemoReport run(DemoView view) throws Exception {
        int port = DemoConfiguration.httpPort(options.httpPort());
        view.say("Starting Kafka and PostgreSQL ...");
        long began = System.nanoTime();
        try (DemoServers servers = DemoServers.start(options.data())) {
            view.say(DemoText.format("Both are up after %.1f s.", (System.nanoTime() - began) / 1e9));
            DemoReport report = withServers(servers, view, port);
            view.say("Stopping Kafka and PostgreSQL ...");
            return report;
        }
    }

    private DemoReport withServers(DemoServers servers, DemoView view, int port) throws Exception {
        try {
            TpchData data = new TpchData(options.scale());
            ShopLoad.load(servers::shop, data, view);
            Path file = servers.folder().resolve("freshet.yaml");
            EventFlow.prepare(servers, options.publish());
            Configuration config = DemoConfiguration.write(servers, file, port, options);
            try (DemoServer server = options.kill()
                    ? ChildServer.start(file, config.http())
                    : DemoServer.of(Server.start(config, servers.folder(), Clock.systemUTC()))) {
                view.say("While it runs, change the shop's rows, look at their copies, and ask how fresh they are:");
                view.say("  " + servers.psql("shop"));
                view.say("  " + servers.psql("shipping"));
                view.say("  (JDBC: " + servers.shopUrl() + "?user=shop&password=" + servers.password() + ")");
                view.say("  freshet status -c " + file);
                try (EventFlow events = EventFlow.start(servers, options.publish())) {
                    return live(servers, server, events, data, view);
                }
            }
        } catch (SQLException | RuntimeException e) {
            servers.requireAliveAfterFailure();
            throw e;
        }
    }

    private DemoReport live(DemoServers servers, DemoServer server, EventFlow events, TpchData data, DemoView view)
            throws Exception {
        events.awaitRelay(server, stop, servers::requireAlive);
        long lastKey = data.orderCount() * 4;
        ShopService shop = ShopService.start(servers::shop, events.events(), WORKERS, options.rate(), SEED);
        ShippingService shipping =
                ShippingService.start(servers::shipping, QUESTIONS_PER_SECOND, (int) Math.min(lastKey, 1 << 30));
        Probes probes = new Probes();
        long began = System.nanoTime();
        DemoFigures figures;
        double seconds;
        long caughtUpMillis;
        boolean reached;
        EventDifference difference;
        try {
            Figures source = new Figures(options.runFor(), began, shop, shipping, events, probes, server);
            while (!over(began, probes.since()) && !stop.await(SHOWN_MILLIS, TimeUnit.MILLISECONDS)) {
                servers.requireAlive();
                probes.startWhenComplete(server, servers, shop, events, data);
                probes.news().forEach(view::say);
                view.show(source.now());
            }
            seconds = (System.nanoTime() - began) / 1e9;
            probes.stop();
            probes.news().forEach(view::say);
            shop.stop();
            view.show(source.now());
            view.say("The shop has closed. Waiting until shipping has its last change and event ...");
            Token last;
            try (Connection c = servers.shop()) {
                last = FreshetToken.take(c);
            }
            long waiting = System.nanoTime();
            try (Connection c = servers.shipping()) {
                reached = CatchUp.await(c, "shipping", last, CATCH_UP_LIMIT, servers::requireAlive);
            }
            caughtUpMillis = (System.nanoTime() - waiting) / 1_000_000;
            difference = events.finish(servers::requireAlive);
            shipping.stop();
            figures = source.now();
        } finally {
            probes.stop();
            shop.stop();
            shipping.stop();
        }
        if (reached) {
            view.say("Comparing source and copies row by row ...");
        }
        return new DemoReport(
                reached,
                reached ? compare(servers) : List.of(),
                difference,
                figures,
                seconds,
                caughtUpMillis,
                probes.killed());
    }

    // what is shown is the time with complete copies; where they do not get there, it ends all the same
    private boolean over(long began, long completeSince) {
        Duration limit = options.runFor();
        long now = System.nanoTime();
        return limit != null
                && (completeSince == 0
                        ? now - began >= FILL_LIMIT.plus(limit).toNanos()
                        : now - completeSince >= limit.toNanos());
    }

    private static List<TableDifference> compare(DemoServers servers) throws SQLException {
        List<TableDifference> result = new ArrayList<>();
        for (CopiedTable table : ShopCopies.TABLES) {
            try (Connection source = servers.shop();
                    Connection copy = servers.shipping()) {
                result.add(TableComparison.compare(source, copy, table));
            }
        }
        return result;
    }
}
