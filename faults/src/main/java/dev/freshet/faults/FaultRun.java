package dev.freshet.faults;

import dev.freshet.client.Copy;
import dev.freshet.client.FreshetToken;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.EmbeddedPostgres;
import dev.freshet.embedded.EmbeddedServer;
import dev.freshet.model.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A relay, two instances of a replica, a Kafka and two PostgreSQL servers, each killed at least once under load; afterwards
 * source and copies are compared row by row.
 */
public final class FaultRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FaultRun.class);
    private static final String SOURCE = "shop";
    private static final String TARGET = "shipping";
    private static final String REPLICA = "copies";
    private static final String[][] COMPARED = {
        {"item", "SELECT * FROM item ORDER BY id", "SELECT * FROM item_copy ORDER BY id"},
        {"stock", "SELECT * FROM stock ORDER BY warehouse, item", "SELECT * FROM stock_copy ORDER BY warehouse, item"}
    };

    private final Random random;
    private final long seed;
    private final EmbeddedKafka kafka;
    private final EmbeddedPostgres source;
    private final EmbeddedPostgres target;
    private final List<FreshetProcess> processes;

    private FaultRun(
            long seed,
            EmbeddedKafka kafka,
            EmbeddedPostgres source,
            EmbeddedPostgres target,
            List<FreshetProcess> processes) {
        this.seed = seed;
        this.random = new Random(seed);
        this.kafka = kafka;
        this.source = source;
        this.target = target;
        this.processes = processes;
    }

    /**
     * Starts the servers and the processes.
     *
     * @param seed decides what is written and what is killed when
     * @param folder for data, configurations and logs
     */
    public static FaultRun start(long seed, Path folder) throws IOException, SQLException {
        EmbeddedKafka kafka =
                EmbeddedKafka.builder().directory(folder.resolve("kafka")).start();
        EmbeddedPostgres source =
                EmbeddedPostgres.builder().directory(folder.resolve("source")).start();
        EmbeddedPostgres target =
                EmbeddedPostgres.builder().directory(folder.resolve("target")).start();
        source.createDatabase(SOURCE);
        target.createDatabase(TARGET);
        try (Connection c = source.connect(SOURCE)) {
            Load.prepare(c);
        }
        Path relay = folder.resolve("relay.yaml");
        Files.writeString(relay, relayConfiguration(kafka, source));
        Path replica = folder.resolve("replica.yaml");
        Files.writeString(replica, replicaConfiguration(kafka, target));
        List<FreshetProcess> processes = List.of(
                new FreshetProcess("relay", relay),
                new FreshetProcess("replica-1", replica),
                new FreshetProcess("replica-2", replica));
        for (FreshetProcess p : processes) {
            p.start();
        }
        return new FaultRun(seed, kafka, source, target, processes);
    }

    private static String relayConfiguration(EmbeddedKafka kafka, EmbeddedPostgres source) {
        return """
                kafka: { bootstrap-servers: "%s" }
                sources:
                  shop: { type: postgresql, url: "%s", user: "%s", password: "%s" }
                streams:
                  items: { source: shop, table: public.item, partitions: 4 }
                  stock: { source: shop, table: public.stock, partitions: 2 }
                  bulk: { source: shop, table: public.bulk, partitions: 2 }
                http: { port: 0 }
                """.formatted(kafka.bootstrapServers(), source.jdbcUrl(SOURCE), source.user(), source.password());
    }

    private static String replicaConfiguration(EmbeddedKafka kafka, EmbeddedPostgres target) {
        return """
                kafka: { bootstrap-servers: "%s" }
                streams:
                  items: { topic: shop.items }
                  stock: { topic: shop.stock }
                  bulk: { topic: shop.bulk }
                replicas:
                  %s:
                    streams:
                      items: { table: public.item_copy }
                      stock: { table: public.stock_copy }
                      bulk: { table: public.bulk_copy }
                    url: "%s"
                    user: "%s"
                    password: "%s"
                http: { port: 0 }
                """.formatted(
                        kafka.bootstrapServers(), REPLICA, target.jdbcUrl(TARGET), target.user(), target.password());
    }

    /**
     * Writes and kills, then waits until the copies have the last write, and compares.
     *
     * @param kills how many kills, each victim in turn in an order of the seed's
     * @param catchUp how long the copies may take to have the last write
     * @return what was found
     */
    public FaultReport run(int kills, Duration catchUp) throws IOException, SQLException, InterruptedException {
        awaitCopy(catchUp);
        Load load = new Load(source, SOURCE, seed);
        Thread writer = new Thread(load, "load");
        writer.start();
        List<String> killed = new ArrayList<>();
        List<Runnable> round = new ArrayList<>();
        while (killed.size() < kills) {
            if (round.isEmpty()) {
                round.addAll(victims(killed));
                Collections.shuffle(round, random);
            }
            pause(300 + random.nextInt(1_500));
            round.remove(0).run();
            for (FreshetProcess p : processes) {
                p.requireAlive();
            }
        }
        pause(1_000);
        load.stop();
        writer.join();
        Throwable failed = load.failure();
        if (failed != null) {
            throw new IllegalStateException("The load failed under seed " + seed, failed);
        }
        awaitCopy(catchUp);
        return new FaultReport(seed, load.committed(), killed, differences());
    }

    /**
     * Writes many rows in one transaction and waits until the copies have them.
     *
     * @param rows how many
     * @param limit how long it may take
     * @return the difference, or an empty list
     */
    public List<String> runBulk(int rows, Duration limit) throws IOException, SQLException, InterruptedException {
        awaitCopy(limit);
        try (Connection c = source.connect(SOURCE)) {
            Load.writeBulk(c, rows);
        }
        awaitCopy(limit);
        try (Connection a = source.connect(SOURCE);
                Connection b = target.connect(TARGET)) {
            String of =
                    "SELECT count(*) || ' rows, sum of hashes ' || coalesce(sum(hashtextextended(id || body, 0)), 0) FROM ";
            String left = rows(a, of + "bulk").get(0);
            String right = rows(b, of + "bulk_copy").get(0);
            return left.equals(right) ? List.of() : List.of("source " + left + ", copy " + right);
        }
    }

    private List<Runnable> victims(List<String> killed) {
        List<Runnable> victims = new ArrayList<>();
        for (FreshetProcess p : processes) {
            victims.add(() -> killProcess(p, killed));
        }
        victims.add(() -> killServer("kafka", kafka, killed));
        victims.add(() -> killServer("source", source, killed));
        victims.add(() -> killServer("target", target, killed));
        return victims;
    }

    private void killProcess(FreshetProcess p, List<String> killed) {
        LOG.info("kill -9 {} (seed {})", p.name(), seed);
        try {
            p.kill();
            pause(random.nextInt(500));
            p.start();
        } catch (IOException e) {
            throw new IllegalStateException("Process '" + p.name() + "' does not start again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while killing '" + p.name() + "'", e);
        }
        killed.add(p.name());
    }

    private void killServer(String name, EmbeddedServer server, List<String> killed) {
        LOG.info("kill -9 {} (seed {})", name, seed);
        server.kill();
        pause(random.nextInt(1_000));
        server.restart();
        killed.add(name);
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }

    /** Waits until the copies have everything that is committed now. */
    private void awaitCopy(Duration limit) throws SQLException, InterruptedException, IOException {
        Token token;
        try (Connection c = source.connect(SOURCE)) {
            token = FreshetToken.take(c);
        }
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            try (Connection c = target.connect(TARGET)) {
                Copy.of(c, REPLICA).await(token, Duration.ofSeconds(2));
                return;
            } catch (SQLException | RuntimeException notYet) {
                for (FreshetProcess p : processes) {
                    p.requireAlive();
                }
                if (System.nanoTime() > deadline) {
                    StringBuilder logs = new StringBuilder();
                    for (FreshetProcess p : processes) {
                        logs.append("\n== ").append(p.name()).append('\n').append(p.logEnd());
                    }
                    throw new IllegalStateException(
                            "The copies have not reached " + token + " within " + limit.toSeconds() + " s, seed " + seed
                                    + ": " + notYet.getMessage() + logs,
                            notYet);
                }
            }
            pause(200);
        }
    }

    private List<String> differences() throws SQLException {
        List<String> differences = new ArrayList<>();
        try (Connection a = source.connect(SOURCE);
                Connection b = target.connect(TARGET)) {
            for (String[] compared : COMPARED) {
                compare(compared[0], rows(a, compared[1]), rows(b, compared[2]), differences);
            }
        }
        return differences;
    }

    private static void compare(String table, List<String> source, List<String> copy, List<String> differences) {
        List<String> missing = new ArrayList<>(source);
        missing.removeAll(new HashSet<>(copy));
        List<String> extra = new ArrayList<>(copy);
        extra.removeAll(new HashSet<>(source));
        missing.forEach(row -> differences.add(table + " only in the source: " + row));
        extra.forEach(row -> differences.add(table + " only in the copy: " + row));
        if (source.isEmpty()) {
            differences.add(table + " is empty: nothing was compared");
        }
    }

    private static List<String> rows(Connection c, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement s = c.createStatement();
                ResultSet row = s.executeQuery("SELECT r::text FROM (" + sql + ") r")) {
            while (row.next()) {
                rows.add(row.getString(1));
            }
        }
        return rows;
    }

    /** Stops everything. */
    @Override
    public void close() {
        processes.forEach(FreshetProcess::close);
        kafka.close();
        source.close();
        target.close();
    }
}
