package dev.freshet.bench.contender;

import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The limit of applying: the rows of a file upserted into the table as arrays of 5000, a transaction each. */
public final class RawUpsert extends Worker {
    private static final int BATCH = 5000;
    private static final List<String> TYPES = List.of("bigint", "bigint", "text", "numeric", "timestamptz", "text");

    /** Creates the contender. */
    public RawUpsert() {}

    @Override
    protected void work(Settings settings, Signals signals) throws Exception {
        try (Connection connection = DriverManager.getConnection(
                        settings.get(Keys.TARGET_URL),
                        settings.get(Keys.TARGET_USER),
                        settings.get(Keys.TARGET_PASSWORD));
                BufferedReader rows = Files.newBufferedReader(Path.of(settings.get(Keys.FILE)))) {
            BenchTable.create(connection, settings.get(Keys.COPY));
            connection.setAutoCommit(false);
            Instant began = Instant.now();
            long count = 0;
            try (PreparedStatement upsert =
                    connection.prepareStatement(BenchTable.upsertArrays(settings.get(Keys.COPY)))) {
                List<String[]> batch = next(rows);
                while (!batch.isEmpty()) {
                    apply(connection, upsert, batch);
                    count += batch.size();
                    batch = next(rows);
                }
            }
            signals.done(began, Instant.now(), count);
        }
    }

    private static List<String[]> next(BufferedReader rows) throws Exception {
        List<String[]> batch = new ArrayList<>(BATCH);
        for (String row = rows.readLine(); row != null; row = rows.readLine()) {
            batch.add(row.split("\t", -1));
            if (batch.size() == BATCH) {
                break;
            }
        }
        return batch;
    }

    private static void apply(Connection connection, PreparedStatement upsert, List<String[]> batch)
            throws SQLException {
        for (int column = 0; column < TYPES.size(); column++) {
            int at = column;
            Object[] values = batch.stream().map(row -> row[at]).toArray();
            Array array = connection.createArrayOf(TYPES.get(column), values);
            upsert.setArray(column + 1, array);
        }
        upsert.executeUpdate();
        connection.commit();
    }
}
