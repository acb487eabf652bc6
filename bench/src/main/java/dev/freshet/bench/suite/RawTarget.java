package dev.freshet.bench.suite;

import dev.freshet.bench.BenchException;
import dev.freshet.bench.contender.Keys;
import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.Span;
import dev.freshet.bench.process.Child;
import dev.freshet.bench.process.Contender;
import dev.freshet.bench.process.Settings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.PGConnection;

/** Measures how fast rows can be written into a copy by a bare client that has them in a file: the limit of a replica. */
final class RawTarget {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int ROUNDS = 2;
    private static final String TABLE = "raw_copy";

    private RawTarget() {}

    /**
     * Returns the rows per second of the better of two rounds in one JVM, so that the limit is a warm one.
     *
     * @param program what writes the rows
     * @param condition which rows of the source, in SQL
     */
    static double measure(
            Class<? extends Contender> program,
            Settings settings,
            Connection source,
            Connection target,
            String condition)
            throws SQLException, IOException {
        Path file = Files.createTempFile("freshet-bench-", ".rows");
        try (Child child = Child.launch("raw write", program, Candidate.heap(1024))) {
            long rows = export(source, condition, file);
            double best = 0;
            for (int round = 0; round < ROUNDS; round++) {
                child.start(settings.with(Keys.COPY, TABLE).with(Keys.FILE, file.toString()));
                Span span = child.awaitDone(LIMIT);
                child.stop();
                if (BenchTable.count(target, TABLE) != rows) {
                    throw new BenchException(
                            "The raw write brought " + BenchTable.count(target, TABLE) + " rows instead of " + rows);
                }
                BenchTable.execute(target, "DROP TABLE " + TABLE);
                BenchTable.settle(target);
                best = Math.max(best, span.rate());
            }
            return best;
        } finally {
            Files.delete(file);
        }
    }

    private static long export(Connection source, String condition, Path file) throws SQLException, IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            return source.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (SELECT * FROM " + BenchTable.NAME + " WHERE " + condition + ") TO STDOUT", out);
        }
    }
}
