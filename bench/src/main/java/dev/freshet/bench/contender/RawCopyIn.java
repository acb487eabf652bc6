package dev.freshet.bench.contender;

import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import org.postgresql.PGConnection;

/** The limit of a first fill: {@code COPY} of a file into a new table that has its primary key, by pgjdbc. */
public final class RawCopyIn extends Worker {
    private static final int BUFFER_BYTES = 64 << 10;

    /** Creates the contender. */
    public RawCopyIn() {}

    @Override
    protected void work(Settings settings, Signals signals) throws Exception {
        try (Connection connection = DriverManager.getConnection(
                        settings.get(Keys.TARGET_URL),
                        settings.get(Keys.TARGET_USER),
                        settings.get(Keys.TARGET_PASSWORD));
                InputStream rows = Files.newInputStream(Path.of(settings.get(Keys.FILE)))) {
            BenchTable.create(connection, settings.get(Keys.COPY));
            Instant began = Instant.now();
            long count = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY " + settings.get(Keys.COPY) + " FROM STDIN", rows, BUFFER_BYTES);
            signals.done(began, Instant.now(), count);
        }
    }
}
