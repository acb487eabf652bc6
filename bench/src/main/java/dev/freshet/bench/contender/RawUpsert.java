package dev.freshet.bench.contender;

import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
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
                settings.get(Keys.TARGET_URL), settings.get(Keys.TARGET_USER), settings.get(Keys.TARGET_PASSWORD))) {
            BenchTable.create(connection, settings.get(Keys.COPY));
            connection.setAutoCommit(false);
            List<String[]> batches = batches(connection, Path.of(settings.get(Keys.FILE)));
            Instant began = Instant.now();
            long count = 0;
            try (PreparedStatement upsert =
                    connection.prepareStatement(BenchTable.upsertArrays(settings.get(Keys.COPY)))) {
                for (String[] batch : batches) {
                    for (int column = 0; column < batch.length; column++) {
                        upsert.setObject(column + 1, batch[column], Types.OTHER);
                    }
                    count += upsert.executeUpdate();
                    connection.commit();
                }
            }
            signals.done(began, Instant.now(), count);
        }
    }

    /** Reads the file into one array literal a column and batch, so that nothing but the upserts is timed. */
    private static List<String[]> batches(Connection connection, Path file) throws IOException, SQLException {
        List<String[]> batches = new ArrayList<>();
        try (BufferedReader rows = Files.newBufferedReader(file)) {
            for (List<String[]> batch = next(rows); !batch.isEmpty(); batch = next(rows)) {
                batches.add(literals(connection, batch));
            }
        }
        return batches;
    }

    private static List<String[]> next(BufferedReader rows) throws IOException {
        List<String[]> batch = new ArrayList<>(BATCH);
        while (batch.size() < BATCH) {
            String row = rows.readLine();
            if (row == null) {
                break;
            }
            batch.add(row.split("\t", -1));
        }
        return batch;
    }

    private static String[] literals(Connection connection, List<String[]> batch) throws SQLException {
        String[] literals = new String[TYPES.size()];
        for (int column = 0; column < literals.length; column++) {
            int at = column;
            Object[] values = batch.stream().map(row -> row[at]).toArray();
            literals[column] =
                    connection.createArrayOf(TYPES.get(column), values).toString();
        }
        return literals;
    }
}
