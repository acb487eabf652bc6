package dev.freshet.faults;

import dev.freshet.client.Copy;
import dev.freshet.client.FreshetToken;
import dev.freshet.faults.Fault.Kind;
import dev.freshet.model.Token;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Faults under load, drawn from a seed: relays, replicas, Kafka and PostgreSQL killed and frozen, the network between them stalled,
 * cut and half opened, and what the copies hold compared with the source, meanwhile and at the end.
 *
 * <p>The same seed gives the same faults in the same order and the same writes; what meets when is left to the machine.
 */
public final class FaultRun implements AutoCloseable {
    private static final int WRITERS = 2;
    private static final long PROGRESS_NANOS = 10_000_000_000L;
    private static final int EXAMPLES = 20;
    private static final List<String> COMPARED = List.of("item", "stock", "event");

    private final long seed;
    private final FaultWorld world;
    private final Consumer<String> tell;

    private FaultRun(long seed, FaultWorld world, Consumer<String> tell) {
        this.seed = seed;
        this.world = world;
        this.tell = tell;
    }

    /**
     * Starts the servers and the processes.
     *
     * @param seed decides what is written and what happens to whom
     * @param folder for data, configurations and logs
     * @param tell takes the faults and the progress in words, from several threads
     */
    public static FaultRun start(long seed, Path folder, Consumer<String> tell) throws IOException, SQLException {
        return new FaultRun(seed, FaultWorld.start(folder), tell);
    }

    /**
     * Makes a number of faults happen.
     *
     * @param count how many
     * @param catchUp how long the copies may take to have the last write
     */
    public FaultReport run(int count, Duration catchUp) throws IOException, SQLException, InterruptedException {
        return run(count, Long.MAX_VALUE, catchUp);
    }

    /**
     * Makes faults happen for some time.
     *
     * @param time how long the load writes
     * @param catchUp how long the copies may take to have the last write
     */
    public FaultReport run(Duration time, Duration catchUp) throws IOException, SQLException, InterruptedException {
        return run(Integer.MAX_VALUE, time.toMillis(), catchUp);
    }

    private FaultReport run(int count, long millis, Duration catchUp)
            throws IOException, SQLException, InterruptedException {
        awaitCopies(catchUp);
        try (Connection c = world.target()) {
            CountingCopy.install(c);
        }
        List<String> fills = fills();
        List<Load> loads = IntStream.range(0, WRITERS)
                .mapToObj(i -> new Load(world, i, WRITERS, seed))
                .toList();
        List<Thread> threads = new ArrayList<>();
        loads.forEach(l -> threads.add(new Thread(l, "load")));
        Watch watch = new Watch(world);
        threads.add(new Thread(watch, "watch"));
        threads.forEach(Thread::start);
        long began = System.nanoTime();
        long seconds;
        try (Injector injector = new Injector(world, tell)) {
            inject(injector, count, millis, loads, watch);
            seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
            loads.forEach(Load::stop);
            for (Thread t : threads.subList(0, WRITERS)) {
                t.join();
            }
            long done = loads.stream().mapToLong(Load::committed).sum();
            tell.accept(
                    String.format(Locale.ROOT, "All faults are over; %,d transactions. Waiting for the copies.", done));
            awaitCopies(catchUp);
            watch.stop();
            threads.get(WRITERS).join();
            requireNoFailure(injector, loads, watch);
            watch.finish();
            return report(injector, seconds, done, watch, fills);
        } finally {
            loads.forEach(Load::stop);
            watch.stop();
        }
    }

    private void inject(Injector injector, int count, long millis, List<Load> loads, Watch watch)
            throws IOException, InterruptedException {
        FaultPlan plan = new FaultPlan(
                seed,
                world.victims().stream().map(Victim::name).toList(),
                world.links().stream().map(Link::name).toList());
        tell.accept("Faults of seed " + seed + ":");
        long began = System.nanoTime();
        long told = began;
        for (int i = 0; i < count; i++) {
            Fault fault = plan.next();
            if (fault.atMillis() > millis) {
                break;
            }
            while (System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(fault.atMillis())) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            injector.inject(fault);
            world.requireAlive();
            requireNoFailure(injector, loads, watch);
            if (System.nanoTime() - told > PROGRESS_NANOS) {
                told = System.nanoTime();
                tell.accept(progress(told - began, i + 1, loads, watch));
            }
        }
        injector.awaitOver();
    }

    private static String progress(long nanos, int faults, List<Load> loads, Watch watch) {
        return String.format(
                Locale.ROOT,
                "%02d:%02d  %d faults, %,d transactions; copies %s, %,d claims compared, %d wrong",
                TimeUnit.NANOSECONDS.toMinutes(nanos),
                TimeUnit.NANOSECONDS.toSeconds(nanos) % 60,
                faults,
                loads.stream().mapToLong(Load::committed).sum(),
                watch.complete() ? "complete" : "not complete",
                watch.checked(),
                watch.found());
    }

    private void requireNoFailure(Injector injector, List<Load> loads, Watch watch) {
        Throwable failed = injector.failure();
        for (Load load : loads) {
            failed = failed == null ? load.failure() : failed;
        }
        failed = failed == null ? watch.failure() : failed;
        if (failed != null) {
            throw new IllegalStateException("The run itself failed under seed " + seed, failed);
        }
    }

    private FaultReport report(Injector injector, long seconds, long transactions, Watch watch, List<String> fills)
            throws SQLException {
        List<String> findings = new ArrayList<>();
        long differences = compare(findings);
        List<String> refilled = new ArrayList<>(fills());
        refilled.removeAll(fills);
        refilled.forEach(r -> findings.add("filled anew: " + r));
        findings.addAll(watch.counting().examples());
        findings.addAll(watch.claims().examples());
        int kills = injector.count(Kind.KILL);
        int freezes = injector.count(Kind.FREEZE);
        int network = injector.count(Kind.STALL) + injector.count(Kind.CUT) + injector.count(Kind.HALF_OPEN);
        return new FaultReport(
                seed,
                kills + freezes + network,
                kills,
                freezes,
                network,
                seconds,
                transactions,
                watch.counting().applied(),
                watch.claims().checked(),
                watch.longestGapMillis(),
                differences,
                watch.counting().doubled(),
                watch.counting().disordered(),
                watch.claims().wrong(),
                refilled.size(),
                findings);
    }

    /**
     * Holds each relay in turn, and waits each time until the copies have what was committed meanwhile: one of the two led, and
     * stood still where no server saw it end.
     *
     * @param limit how long it may take
     */
    public void freezeEachRelay(Duration limit) throws IOException, SQLException, InterruptedException {
        for (String relay : List.of("relay-1", "relay-2")) {
            FreshetProcess held = world.process(relay);
            held.freeze();
            tell.accept(relay + " is held");
            try (Connection c = world.source();
                    Statement s = c.createStatement()) {
                s.execute("UPDATE item SET name = 'while " + relay + " is held' WHERE id <= 10");
            }
            awaitCopies(limit);
            held.thaw();
        }
    }

    /**
     * Writes many rows in one transaction, kills both relays when some of them are in the copies, and waits until the copies
     * have them all.
     *
     * @param rows how many
     * @param limit how long it may take
     * @return the difference, or an empty list
     */
    public List<String> runBulk(int rows, Duration limit) throws IOException, SQLException, InterruptedException {
        awaitCopies(limit);
        tell.accept("The copies are filled.");
        try (Connection c = world.source()) {
            LoadTables.writeBulk(c, rows);
        }
        tell.accept(rows + " rows are written in one transaction.");
        awaitSomeBulk(limit);
        for (String relay : List.of("relay-1", "relay-2")) {
            world.process(relay).kill();
            world.process(relay).start();
        }
        tell.accept("Both relays were killed in their midst.");
        awaitCopies(limit);
        String of =
                "SELECT count(*) || ' rows, sum of hashes ' || coalesce(sum(hashtextextended(id || body, 0)), 0) FROM bulk";
        try (Connection a = world.source();
                Connection b = world.target()) {
            String left = rows(a, of).get(0);
            String right = rows(b, of).get(0);
            return left.equals(right) ? List.of() : List.of("source " + left + ", copy " + right);
        }
    }

    private void awaitSomeBulk(Duration limit) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        try (Connection c = world.target()) {
            while (rows(c, "SELECT 1 FROM bulk LIMIT 1").isEmpty()) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "No row of the large transaction is in the copies after " + limit.toSeconds() + " s");
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    /** Waits until the copies have everything that is committed now. */
    private void awaitCopies(Duration limit) throws SQLException, InterruptedException, IOException {
        Token token;
        try (Connection c = world.source()) {
            token = FreshetToken.take(c);
        }
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            try (Connection c = world.target()) {
                Copy.of(c, FaultSettings.REPLICA).await(token, Duration.ofSeconds(2));
                return;
            } catch (SQLException | RuntimeException notYet) {
                world.requireAlive();
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "The copies have not reached " + token + " within " + limit.toSeconds() + " s, seed " + seed
                                    + ": " + notYet.getMessage() + world.logEnds(),
                            notYet);
                }
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private List<String> fills() throws SQLException {
        try (Connection c = world.target()) {
            return rows(c, "SELECT stream || ', fill ' || fill FROM freshet.replica_stream ORDER BY stream");
        }
    }

    private long compare(List<String> findings) throws SQLException {
        long differences = 0;
        try (Connection a = world.source();
                Connection b = world.target()) {
            for (String table : COMPARED) {
                String sql = "SELECT r::text FROM (SELECT * FROM " + table + ") r";
                List<String> source = rows(a, sql);
                List<String> copy = rows(b, sql);
                differences += only(table + " only in the source: ", source, copy, findings);
                differences += only(table + " only in the copy: ", copy, source, findings);
                if (source.isEmpty()) {
                    findings.add(table + " is empty: nothing was compared");
                    differences++;
                }
            }
        }
        return differences;
    }

    private static long only(String what, List<String> here, List<String> there, List<String> findings) {
        List<String> rows = new ArrayList<>(here);
        rows.removeAll(new HashSet<>(there));
        rows.stream().limit(Math.max(0, EXAMPLES - findings.size())).forEach(row -> findings.add(what + row));
        return rows.size();
    }

    private static List<String> rows(Connection c, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement s = c.createStatement();
                ResultSet row = s.executeQuery(sql)) {
            while (row.next()) {
                rows.add(row.getString(1));
            }
        }
        return rows;
    }

    /** Stops everything. */
    @Override
    public void close() {
        world.close();
    }
}
