package dev.freshet.bench.suite;

import dev.freshet.bench.BenchException;
import dev.freshet.bench.Measurement;
import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.CopyWatch;
import dev.freshet.bench.process.Usage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * What a process of the whole way holds, for one table: when nothing has been written for a while, and at most while rows are
 * written as fast as their source takes them, until they are in the copy.
 *
 * @param rows how many rows are written
 * @param idle for how long nothing is
 */
record FootprintCase(long rows, Duration idle) implements Case {
    private static final List<Candidate> CANDIDATES = List.of(Candidate.debeziumWay(), Candidate.server());
    private static final long PAUSE_NANOS = 50_000_000;

    @Override
    public String name() {
        return "footprint";
    }

    @Override
    public void run(Servers servers, Consumer<Measurement> report) throws Exception {
        Results idleMemory = new Results("footprint: idle, memory of the JVM", "MB");
        Results idleThreads = new Results("footprint: idle, threads", "threads");
        Results busyMemory = new Results("footprint: busy, peak memory of the JVM", "MB");
        Results busyThreads = new Results("footprint: busy, most threads", "threads");
        for (Candidate candidate : CANDIDATES) {
            try (Scene scene = Scene.create(servers, "footprint");
                    JvmCopier copier = new JvmCopier(scene, candidate, candidate)) {
                BenchTable.insertAtOnce(scene.source(), 1, 1);
                copier.establish(2);
                copier.launch();
                copier.awaitFlow(3);
                rest(copier);
                Usage resting = usage(copier);
                idleMemory.add(copier, resting.megabytes());
                idleThreads.add(copier, resting.threads());
                busyThreads.add(copier, threadsAtWork(servers, scene, copier));
                busyMemory.add(copier, usage(copier).peakMegabytes());
                copier.stop();
            }
        }
        List.of(idleMemory, idleThreads, busyMemory, busyThreads)
                .forEach(result -> report.accept(result.measurement()));
    }

    private void rest(JvmCopier copier) {
        long end = System.nanoTime() + idle.toNanos();
        while (System.nanoTime() < end) {
            copier.check();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private int threadsAtWork(Servers servers, Scene scene, JvmCopier copier) throws SQLException {
        int[] most = {0};
        Runnable look = () -> {
            copier.check();
            most[0] = Math.max(most[0], usage(copier).threads());
        };
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(servers, scene));
        while (!writing.isDone()) {
            look.run();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        writing.join();
        CopyWatch.await(scene.source(), scene.target(), copier.table(), 0, look);
        return most[0];
    }

    private void write(Servers servers, Scene scene) {
        try (Connection connection = servers.source().connect(scene.database())) {
            BenchTable.insertOneByOne(connection, Scene.FIRST, Scene.FIRST + rows - 1);
        } catch (SQLException e) {
            throw new BenchException("The rows could not be written: " + e.getMessage(), e);
        }
    }

    private static Usage usage(JvmCopier copier) {
        return copier.usage()
                .orElseThrow(() -> new BenchException("The memory and threads of " + copier.label()
                        + " cannot be read from /proc, which only Linux has, or its JVM has ended"));
    }
}
