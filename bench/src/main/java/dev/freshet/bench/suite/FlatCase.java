package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import dev.freshet.bench.load.Backlog;
import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.OutboxEvents;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Whether an outbox table stays as it was: its size once it is cleared, and the rates of commits and of a backlog's drain, before
 * and after many events have passed through it while a relay took them and dropped their partitions. A first, uncounted backlog
 * warms the servers up.
 *
 * @param rows how many events a backlog has
 */
record FlatCase(long rows) implements Case {
    private static final int PER_TRANSACTION = 5_000;
    /** 5,000,000 of the default. */
    private static final double PASSING = 50.0 / 3;

    private static final int COMMIT_PART = 10;
    private static final Duration CLEARING_LIMIT = Duration.ofMinutes(1);
    private static final long PAUSE_NANOS = 200_000_000;
    private static final double MEGABYTE = 1 << 20;

    @Override
    public String name() {
        return "flat";
    }

    /** How it is at a moment: transactions and events a second, and megabytes. */
    private record State(double commits, double drain, double table, double indexes) {}

    /** Gives each id once. */
    private static final class Ids {
        private long next = Scene.FIRST;

        /** Returns the first of so many ids. */
        long take(long count) {
            long first = next;
            next += count;
            return first;
        }
    }

    @Override
    public void run(Servers servers, Consumer<Measurement> report) throws Exception {
        Way way = OutboxWays.clearing();
        long passing = Math.max(1, Math.round(rows * PASSING));
        Ids ids = new Ids();
        try (Scene scene = Scene.create(servers, "flat", way.load())) {
            Entrant entrant = scene.enter(way.candidate(), false);
            entrant.establish(scene.writer(), 1);
            entrant.launch();
            pass(scene, entrant, ids, rows);
            State before = state(scene, entrant, ids);
            pass(scene, entrant, ids, passing);
            State after = state(scene, entrant, ids);
            String name = String.format(Locale.ROOT, "outbox: flat after %,d events, ", passing);
            report.accept(measurement(name + "commit with an outbox row", "tx/s", after.commits(), before.commits()));
            report.accept(measurement(name + "drain", "events/s", after.drain(), before.drain()));
            report.accept(measurement(name + "size of the table", "MB", after.table(), before.table()));
            report.accept(measurement(name + "size of its indexes", "MB", after.indexes(), before.indexes()));
        }
    }

    private static Measurement measurement(String name, String unit, double after, double before) {
        return new Measurement(name, unit, after, null, "", Map.of("at the start", before));
    }

    /** Publishes events while the relay takes them, and waits until they are in the topic and no longer in the table. */
    private static void pass(Scene scene, Entrant entrant, Ids ids, long events) throws SQLException {
        long first = ids.take(events);
        Map<TopicPartition, Long> from = entrant.ends();
        entrant.begin();
        Backlog.write(scene.writer(), first, first + events - 1, PER_TRANSACTION, scene.source());
        entrant.await(from, first, first + events - 1, true);
        awaitCleared(scene, entrant);
        entrant.stop();
    }

    /** Waits until the table is empty, or a minute: then its size tells. */
    private static void awaitCleared(Scene scene, Entrant entrant) throws SQLException {
        long deadline = System.nanoTime() + CLEARING_LIMIT.toNanos();
        while (BenchTable.count(scene.source(), scene.load().table()) > 0 && System.nanoTime() < deadline) {
            entrant.check();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private State state(Scene scene, Entrant entrant, Ids ids) throws Exception {
        double table = megabytes(scene, "pg_table_size");
        double indexes = megabytes(scene, "pg_indexes_size");
        double commits;
        long transactions = Math.max(1, rows / COMMIT_PART);
        try (CommitClients clients =
                CommitClients.open(scene.dataSource(), ids.take(transactions + CommitClients.CLIENTS))) {
            commits = clients.rate(transactions, OutboxEvents.rows());
        }
        long first = ids.take(rows);
        Backlog.write(scene.writer(), first, first + rows - 1, PER_TRANSACTION, scene.source());
        return new State(commits, entrant.run(first, first + rows - 1, true).rate(), table, indexes);
    }

    private static double megabytes(Scene scene, String function) throws SQLException {
        String bytes = BenchTable.text(
                scene.source(),
                "SELECT sum(" + function + "(relid)) FROM pg_partition_tree('"
                        + scene.load().table() + "') WHERE isleaf");
        return Long.parseLong(bytes) / MEGABYTE;
    }
}
