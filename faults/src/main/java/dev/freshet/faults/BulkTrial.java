package dev.freshet.faults;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One transaction of many rows, in the midst of which both relays are killed. */
final class BulkTrial {
    private final FaultWorld world;
    private final Copies copies;
    private final Consumer<String> tell;

    BulkTrial(FaultWorld world, Copies copies, Consumer<String> tell) {
        this.world = world;
        this.copies = copies;
        this.tell = tell;
    }

    /**
     * Writes the rows, kills the relays when some of them are in the copies, and waits until the copies have them all.
     *
     * @param rows how many
     * @param limit how long it may take
     * @return the difference, or an empty list
     */
    List<String> run(int rows, Duration limit) throws IOException, SQLException, InterruptedException {
        copies.await(limit);
        tell.accept("The copies are filled.");
        try (Connection c = world.source()) {
            LoadTables.writeBulk(c, rows);
        }
        tell.accept(rows + " rows are written in one transaction.");
        awaitSome(limit);
        for (String relay : FaultWorld.RELAYS) {
            world.process(relay).kill();
        }
        tell.accept("Both relays were killed when the copies had " + requirePart(rows) + " of them.");
        for (String relay : FaultWorld.RELAYS) {
            world.process(relay).start();
        }
        copies.await(limit);
        String of =
                "SELECT count(*) || ' rows, sum of hashes ' || coalesce(sum(hashtextextended(id || body, 0)), 0) FROM bulk";
        try (Connection a = world.source();
                Connection b = world.target()) {
            String left = Comparison.rows(a, of).get(0);
            String right = Comparison.rows(b, of).get(0);
            return left.equals(right) ? List.of() : List.of("source " + left + ", copy " + right);
        }
    }

    private void awaitSome(Duration limit) throws SQLException, InterruptedException {
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
            long now = rows(c);
            while (now > before) {
                TimeUnit.SECONDS.sleep(1);
                before = now;
                now = rows(c);
            }
            if (now >= rows) {
                throw new IllegalStateException("The relays had sent all " + rows
                        + " rows before they were killed: nothing is shown; write more");
            }
            return now;
        }
    }

    private static long rows(Connection c) throws SQLException {
        return Long.parseLong(Comparison.rows(c, "SELECT count(*) FROM bulk").get(0));
    }
}
