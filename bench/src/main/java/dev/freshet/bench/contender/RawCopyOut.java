package dev.freshet.bench.contender;

import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import java.sql.Connection;
import java.sql.DriverManager;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** The limit of a snapshot: {@code COPY} of the table by pgjdbc, each row sent to a topic as it came off the wire. */
public final class RawCopyOut extends Worker {
    /** Creates the contender. */
    public RawCopyOut() {}

    @Override
    protected void work(Settings settings, Signals signals) throws Exception {
        try (Connection connection = DriverManager.getConnection(
                        settings.get(Keys.SOURCE_URL),
                        settings.get(Keys.SOURCE_USER),
                        settings.get(Keys.SOURCE_PASSWORD));
                BenchProducer producer = BenchProducer.create(settings)) {
            CopyOut copy = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY " + BenchTable.NAME + " TO STDOUT");
            for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
                producer.send(RawRead.key(row, 0, endOfId(row)), row);
            }
            producer.flush();
        }
    }

    private static int endOfId(byte[] row) {
        int end = 0;
        while (row[end] != '\t') {
            end++;
        }
        return end;
    }
}
