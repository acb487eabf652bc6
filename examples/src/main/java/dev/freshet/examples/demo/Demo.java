package dev.freshet.examples.demo;

import dev.freshet.client.FreshetToken;
import dev.freshet.examples.shipping.ShippingService;
import dev.freshet.examples.shop.ShopService;
import dev.freshet.examples.shop.TpchData;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.Token;
import dev.freshet.server.Server;
import dev.freshet.server.ServerStatus;
import dev.freshet.server.ServerStatus.ReplicaStatus;
import dev.freshet.server.ServerStatus.SourceStatus;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The demonstration: a shop writes, Freshet copies, shipping answers from the copies; at the end source and copies are
 * compared row by row.
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
     * @return whether source and copies were the same
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
        int port = httpPort();
        view.say("Starting Kafka and PostgreSQL ...");
        long began = System.nanoTime();
        try (DemoServers servers = DemoServers.start(options.data())) {
            view.say(DemoText.format("Both are up after %.1f s.", (System.nanoTime() - began) / 1e9));
            return withServers(servers, view, port);
        }
    }

    private DemoReport withServers(DemoServers servers, DemoView view, int port) throws Exception {
        try {
            TpchData data = new TpchData(options.scale());
            ShopLoad.load(servers::shop, data, view);
            Path file = servers.folder().resolve("freshet.yaml");
            Configuration config = configure(servers, file, port, options.kill());
            try (DemoServer server = options.kill()
                    ? ChildServer.start(file, config.http())
                    : DemoServer.of(Server.start(config, servers.folder(), Clock.systemUTC()))) {
                view.say("While it runs, change the shop's rows, look at their copies, and ask how fresh they are:");
                view.say("  " + servers.psql("shop"));
                view.say("  " + servers.psql("shipping"));
                view.say("  (JDBC: " + servers.shopUrl() + "?user=shop&password=" + servers.password() + ")");
                view.say("  freshet status -c " + file);
                return live(servers, server, data, view);
            }
        } catch (SQLException | RuntimeException e) {
            servers.requireAliveAfterFailure();
            throw e;
        }
    }

    // asked before anything is started, so that a port that is taken is told at once
    private int httpPort() {
        try (ServerSocket socket = new ServerSocket(options.httpPort(), 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new ConfigurationException(
                    "--port " + options.httpPort() + " cannot be listened at: " + e.getMessage()
                            + "; choose another, or leave it out for a free one",
                    e);
        }
    }

    private static Configuration configure(DemoServers servers, Path file, int port, boolean kill) {
        String yaml = ShopCopies.yaml(
                servers.bootstrapServers(), servers.shopUrl(), servers.shippingUrl(), servers.password(), port, kill);
        try {
            // made anew, since it holds passwords: what stands there may be open to others
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new ConfigurationException("--data: the configuration cannot be written: " + e, e);
        }
        return ConfigurationFile.parse(file.toString(), yaml, Map.of());
    }

    private DemoReport live(DemoServers servers, DemoServer server, TpchData data, DemoView view) throws Exception {
        long lastKey = data.orderCount() * 4;
        ShopService shop = ShopService.start(servers::shop, WORKERS, options.rate(), SEED);
        ShippingService shipping =
                ShippingService.start(servers::shipping, QUESTIONS_PER_SECOND, (int) Math.min(lastKey, 1 << 30));
        Probes probes = new Probes();
        long began = System.nanoTime();
        DemoFigures figures;
        double seconds;
        long caughtUpMillis;
        boolean reached;
        try {
            Figures source = new Figures(began, shop, shipping, probes, server);
            while (!over(began, probes.since()) && !stop.await(SHOWN_MILLIS, TimeUnit.MILLISECONDS)) {
                servers.requireAlive();
                probes.startWhenComplete(server, servers, shop, data);
                probes.news().forEach(view::say);
                view.show(source.now());
            }
            seconds = (System.nanoTime() - began) / 1e9;
            probes.stop();
            probes.news().forEach(view::say);
            shop.stop();
            view.show(source.now());
            Token last;
            try (Connection c = servers.shop()) {
                last = FreshetToken.take(c);
            }
            long waiting = System.nanoTime();
            try (Connection c = servers.shipping()) {
                reached = CatchUp.await(c, "shipping", last, CATCH_UP_LIMIT, servers::requireAlive);
            }
            caughtUpMillis = (System.nanoTime() - waiting) / 1_000_000;
            shipping.stop();
            figures = source.now();
        } finally {
            probes.stop();
            shop.stop();
            shipping.stop();
        }
        return new DemoReport(
                reached, reached ? compare(servers) : List.of(), figures, seconds, caughtUpMillis, probes.killed());
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

    /**
     * What asks source and copies while they are live, and kills processes; begins once the copies are complete for the first
     * time.
     */
    private static final class Probes {
        private @Nullable CopyLatency latency;
        private @Nullable LiveCheck check;
        private @Nullable DemoKills kills;
        private long since;

        /** Returns when the copies were first complete, by the nano clock; 0 before. */
        long since() {
            return since;
        }

        void startWhenComplete(DemoServer server, DemoServers servers, ShopService shop, TpchData data)
                throws Exception {
            List<ReplicaStatus> replicas = latency == null ? server.status().replicas() : List.of();
            if (!replicas.isEmpty() && replicas.stream().allMatch(ReplicaStatus::complete)) {
                since = System.nanoTime();
                latency = CopyLatency.start(servers::shop, servers::shipping, shop);
                check = LiveCheck.start(
                        servers::shop,
                        servers::shipping,
                        "shipping",
                        ShopCopies.TABLES,
                        Math.max(1, data.orderCount()));
                if (server instanceof ChildServer child) {
                    kills = DemoKills.start(child, servers.all(), servers::shipping);
                }
            }
        }

        List<String> news() {
            return kills == null ? List.of() : kills.news();
        }

        @Nullable
        String killed() {
            return kills == null ? null : kills.summary();
        }

        void stop() throws InterruptedException {
            // first: what it has killed is to be there for the others to end
            if (kills != null) {
                kills.stop();
            }
            if (latency != null) {
                latency.stop();
            }
            if (check != null) {
                check.stop();
            }
        }
    }

    /** Gathers the figures. Belongs to one thread. */
    private final class Figures {
        private final long began;
        private final ShopService shop;
        private final ShippingService shipping;
        private final Probes probes;
        private final DemoServer server;
        private final Rate transactions = new Rate();
        private final Rate records = new Rate();
        private final Rate changes = new Rate();

        Figures(long began, ShopService shop, ShippingService shipping, Probes probes, DemoServer server) {
            this.began = began;
            this.shop = shop;
            this.shipping = shipping;
            this.probes = probes;
            this.server = server;
        }

        DemoFigures now() {
            long now = System.nanoTime();
            ServerStatus status = server.status();
            CopyLatency latency = probes.latency;
            LiveCheck check = probes.check;
            DemoKills kills = probes.kills;
            Duration runFor = options.runFor();
            long since = probes.since();
            return new DemoFigures(
                    since == 0,
                    (now - (since == 0 ? began : since)) / 1_000_000_000L,
                    runFor == null ? -1 : runFor.toSeconds(),
                    shop.transactions(),
                    transactions.sample(now, shop.transactions()),
                    records.sample(
                            now,
                            status.sources().stream()
                                    .mapToLong(SourceStatus::recordsSent)
                                    .sum()),
                    changes.sample(
                            now,
                            status.replicas().stream()
                                    .mapToLong(ReplicaStatus::changesApplied)
                                    .sum()),
                    latency == null ? Double.NaN : latency.times().millis(50),
                    latency == null ? Double.NaN : latency.times().millis(99),
                    latency == null ? 0 : latency.times().total(),
                    latency == null ? 0 : latency.unseen(),
                    shipping.answered(),
                    check == null ? 0 : check.checked(),
                    check == null ? 0 : check.differences(),
                    status,
                    kills == null ? null : kills.underWay(),
                    DemoReport.first(
                            shop.failure(),
                            shipping.failure(),
                            latency == null ? null : latency.failure(),
                            check == null ? null : check.failure(),
                            kills == null ? null : kills.failure()));
        }
    }
}
