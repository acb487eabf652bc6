package dev.freshet.faults;

import dev.freshet.faults.Fault.Kind;
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
 * Faults under load, drawn from a seed: relays, replicas, a service that publishes events in every {@link Way}, Kafka and PostgreSQL
 * killed and frozen, the network between them stalled, cut and half opened, and what the copies hold compared with the source,
 * meanwhile and at the end. A second replica, of whole transactions, is read all the time: no read may be torn. At the end the
 * events in the topics are compared with those that the source has committed.
 *
 * <p>The same seed gives the same faults in the same order and the same writes; what meets when is left to the machine.
 */
public final class FaultRun implements AutoCloseable {
    private static final int WRITERS = 2;
    private static final long PROGRESS_NANOS = 10_000_000_000L;
    private final long seed;
    private final FaultWorld world;
    private final Copies copies;
    private final Consumer<String> tell;

    private FaultRun(long seed, FaultWorld world, Consumer<String> tell) {
        this.seed = seed;
        this.world = world;
        this.copies = new Copies(world);
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
        return new FaultRun(seed, FaultWorld.start(folder, seed), tell);
    }

    /**
     * Makes a number of faults happen.
     *
     * @param count how many
     * @param catchUp how long the copies may take to have the last write
     */
    public FaultReport run(int count, Duration catchUp) throws IOException, SQLException, InterruptedException {
        return run(count, Long.MAX_VALUE, 0, catchUp);
    }

    /**
     * Makes faults happen for some time.
     *
     * @param time how long the load writes
     * @param away for how long Kafka is away once, beside the seed's faults; zero for not at all
     * @param catchUp how long the copies may take to have the last write
     */
    public FaultReport run(Duration time, Duration away, Duration catchUp)
            throws IOException, SQLException, InterruptedException {
        return run(Integer.MAX_VALUE, time.toMillis(), away.toMillis(), catchUp);
    }

    private FaultReport run(int count, long millis, long awayMillis, Duration catchUp)
            throws IOException, SQLException, InterruptedException {
        copies.await(catchUp);
        try (Connection c = world.target()) {
            CountingCopy.install(c);
        }
        List<String> fills = copies.fills();
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
        ChildProcess service = world.process(FaultWorld.SERVICE);
        service.start();
        Supplier<@Nullable Throwable> failure = () -> failureOf(loads, mover, watch, reader);
        long began = System.nanoTime();
        long seconds;
        try (Injector injector = new Injector(world, tell)) {
            inject(
                    injector,
                    count,
                    millis,
                    awayMillis,
                    failure,
                    faults -> progress(began, faults, loads, watch, reader));
            seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
            loads.forEach(Load::stop);
            mover.stop();
            join(threads, catchUp);
            long done = loads.stream().mapToLong(Load::committed).sum() + mover.committed();
            tell.accept(
                    String.format(Locale.ROOT, "All faults are over; %,d transactions. Waiting for the copies.", done));
            service.finish(catchUp);
            copies.await(catchUp);
            awaitClaim(watch, catchUp);
            watch.stop();
            reader.stop();
            join(watching, catchUp);
            requireNoFailure(injector, failure);
            watch.finish();
            return report(injector, seconds, done, watch, reader, fills, catchUp);
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
            long awayMillis,
            Supplier<@Nullable Throwable> failure,
            IntFunction<String> progress)
            throws IOException, InterruptedException {
        FaultPlan plan = new FaultPlan(
                seed,
                world.victims().stream().map(Victim::name).toList(),
                world.links().stream().map(Link::name).toList(),
                awayMillis);
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
            Injector injector,
            long seconds,
            long transactions,
            Watch watch,
            SumReader reader,
            List<String> fills,
            Duration catchUp)
            throws SQLException {
        List<String> findings = new ArrayList<>();
        long differences = Comparison.differences(world, findings);
        List<String> refilled = new ArrayList<>(copies.fills());
        refilled.removeAll(fills);
        refilled.forEach(r -> findings.add("filled anew: " + r));
        List<WayEvents> events = EventCheck.compare(world, catchUp, findings);
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
                        injector.count(Kind.HALF_OPEN),
                        world.process(FaultWorld.SERVICE).ownEnds()),
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
        for (String relay : FaultWorld.RELAYS) {
            ChildProcess held = world.process(relay);
            held.freeze();
            tell.accept(relay + " is held");
            try (Connection c = world.source();
                    Statement s = c.createStatement()) {
                s.execute("UPDATE item SET name = 'while " + relay + " is held' WHERE id <= 10");
            }
            copies.await(limit);
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
        return new BulkTrial(world, copies, tell).run(rows, limit);
    }

    /** Stops everything. */
    @Override
    public void close() {
        world.close();
    }
}
