package dev.freshet.faults;

import dev.freshet.client.Copy;
import dev.freshet.client.FreshetToken;
import dev.freshet.faults.Fault.Kind;
import dev.freshet.model.Token;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Faults under load, drawn from a seed: relays, replicas, Kafka and PostgreSQL killed and frozen, the network between them stalled,
 * cut and half opened, and what the copies hold compared with the source, meanwhile and at the end. A second replica, of whole
 * transactions, is read all the time: no read may be torn.
 *
 * <p>The same seed gives the same faults in the same order and the same writes; what meets when is left to the machine.
 */
public final class FaultRun implements AutoCloseable {
    private static final int WRITERS = 2;
    private static final List<String> RELAYS = List.of("relay-1", "relay-2");
    private static final long PROGRESS_NANOS = 10_000_000_000L;

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
        Mover mover = new Mover(world, seed);
        threads.add(new Thread(mover, "mover"));
        Watch watch = new Watch(world);
        SumReader reader = new SumReader(world);
        List<Thread> watching = List.of(new Thread(watch, "watch"), new Thread(reader, "sum-reader"));
        threads.forEach(Thread::start);
        watching.forEach(Thread::start);
        Supplier<@Nullable Throwable> failure = () -> failureOf(loads, mover, watch, reader);
        long began = System.nanoTime();
        long seconds;
        try (Injector injector = new Injector(world, tell)) {
            inject(injector, count, millis, failure, faults -> progress(began, faults, loads, watch, reader));
            seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
            loads.forEach(Load::stop);
            mover.stop();
            join(threads, catchUp);
            long done = loads.stream().mapToLong(Load::committed).sum() + mover.committed();
            tell.accept(
                    String.format(Locale.ROOT, "All faults are over; %,d transactions. Waiting for the copies.", done));
            awaitCopies(catchUp);
            awaitClaim(watch, catchUp);
            watch.stop();
            reader.stop();
            join(watching, catchUp);
            requireNoFailure(injector, failure);
            watch.finish();
            return report(injector, seconds, done, watch, reader, fills);
        } finally {
            loads.forEach(Load::stop);
            mover.stop();
            watch.stop();
            reader.stop();
        }
    }

    private static void join(List<Thread> threads, Duration limit) throws InterruptedException {
        for (Thread t : threads) {
            t.join(limit.toMillis());
            if (t.isAlive()) {
                throw new IllegalStateException("The run's thread '" + t.getName() + "' has not ended within "
                        + limit.toSeconds() + " s; it is at " + Arrays.toString(t.getStackTrace()));
            }
        }
    }

    private void awaitClaim(Watch watch, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!watch.complete()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("The copies have the last write, but " + limit.toSeconds()
                        + " s later they do not claim to be complete, under seed " + seed);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private void inject(
            Injector injector,
            int count,
            long millis,
            Supplier<@Nullable Throwable> failure,
            IntFunction<String> progress)
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
            requireNoFailure(injector, failure);
            if (System.nanoTime() - told > PROGRESS_NANOS) {
                told = System.nanoTime();
                tell.accept(progress.apply(i + 1));
            }
        }
        injector.awaitOver();
        requireNoFailure(injector, failure);
    }

    private static String progress(long began, int faults, List<Load> loads, Watch watch, SumReader reader) {
        long nanos = System.nanoTime() - began;
        return String.format(
                Locale.ROOT,
                "%02d:%02d  %d faults, %,d transactions; copies %s, %,d claims compared, %d wrong; %,d reads, %d torn",
                TimeUnit.NANOSECONDS.toMinutes(nanos),
                TimeUnit.NANOSECONDS.toSeconds(nanos) % 60,
                faults,
                loads.stream().mapToLong(Load::committed).sum(),
                watch.complete() ? "complete" : "not complete",
                watch.checked(),
                watch.found(),
                reader.reads(),
                reader.torn());
    }

    private static @Nullable Throwable failureOf(List<Load> loads, Mover mover, Watch watch, SumReader reader) {
        Throwable failed = mover.failure();
        for (Load load : loads) {
            failed = failed == null ? load.failure() : failed;
        }
        failed = failed == null ? reader.failure() : failed;
        return failed == null ? watch.failure() : failed;
    }

    private void requireNoFailure(Injector injector, Supplier<@Nullable Throwable> others) {
        Throwable failed = injector.failure();
        failed = failed == null ? others.get() : failed;
        if (failed != null) {
            throw new IllegalStateException("The run itself failed under seed " + seed, failed);
        }
    }

    private FaultReport report(
            Injector injector, long seconds, long transactions, Watch watch, SumReader reader, List<String> fills)
            throws SQLException {
        List<String> findings = new ArrayList<>();
        long differences = Comparison.differences(world, findings);
        List<String> refilled = new ArrayList<>(fills());
        refilled.removeAll(fills);
        refilled.forEach(r -> findings.add("filled anew: " + r));
        FaultReport.Events events;
        try (Connection c = world.source()) {
            events = ToldEvents.compare(c, world.bootstrapServers(), findings);
        }
        findings.addAll(watch.counting().examples());
        findings.addAll(watch.claims().examples());
        findings.addAll(reader.examples());
        return new FaultReport(
                seed,
                new FaultReport.Faults(
                        injector.count(Kind.KILL),
                        injector.count(Kind.FREEZE),
                        injector.count(Kind.STALL),
                        injector.count(Kind.CUT),
                        injector.count(Kind.HALF_OPEN)),
                seconds,
                transactions,
                watch.counting().applied(),
                watch.claims().checked(),
                watch.longestGapMillis(),
                new FaultReport.WholeReads(reader.reads(), reader.torn(), reader.states()),
                events,
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
        for (String relay : RELAYS) {
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
        for (String relay : RELAYS) {
            world.process(relay).kill();
        }
        tell.accept("Both relays were killed when the copies had " + requirePart(rows) + " of them.");
        for (String relay : RELAYS) {
            world.process(relay).start();
        }
        awaitCopies(limit);
        String of =
                "SELECT count(*) || ' rows, sum of hashes ' || coalesce(sum(hashtextextended(id || body, 0)), 0) FROM bulk";
        try (Connection a = world.source();
                Connection b = world.target()) {
            String left = Comparison.rows(a, of).get(0);
            String right = Comparison.rows(b, of).get(0);
            return left.equals(right) ? List.of() : List.of("source " + left + ", copy " + right);
        }
    }

    private void awaitSomeBulk(Duration limit) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        try (Connection c = world.target()) {
            while (Comparison.rows(c, "SELECT 1 FROM bulk LIMIT 1").isEmpty()) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "No row of the large transaction is in the copies after " + limit.toSeconds() + " s");
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    /** Waits until the copies have what was sent, while no relay runs; that must be less than all. */
    private long requirePart(int rows) throws SQLException, InterruptedException {
        try (Connection c = world.target()) {
            long before = -1;
            long now = bulkRows(c);
            while (now > before) {
                TimeUnit.SECONDS.sleep(1);
                before = now;
                now = bulkRows(c);
            }
            if (now >= rows) {
                throw new IllegalStateException("The relays had sent all " + rows
                        + " rows before they were killed: nothing is shown; write more");
            }
            return now;
        }
    }

    private static long bulkRows(Connection c) throws SQLException {
        return Long.parseLong(Comparison.rows(c, "SELECT count(*) FROM bulk").get(0));
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
                Copy.of(c, FaultSettings.WHOLE).await(token, Duration.ofSeconds(2));
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
            return Comparison.rows(c, "SELECT stream || ', fill ' || fill FROM freshet.replica_stream ORDER BY stream");
        }
    }

    /** Stops everything. */
    @Override
    public void close() {
        world.close();
    }
}
