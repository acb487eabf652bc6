package dev.freshet.examples.shop;

import io.trino.tpch.TpchEntity;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.LongConsumer;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Fills the shop's tables by COPY. */
public final class ShopLoader {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int REPORT_ROWS = 10_000;

    private ShopLoader() {}

    /**
     * Loads a table in one transaction.
     *
     * @param connection to the shop's database, in auto-commit mode
     * @param table its name
     * @param rows its rows
     * @param loaded told every 10,000 rows, and at the end, how many rows there are so far
     * @return how many rows were loaded
     */
    public static long load(
            Connection connection, String table, Iterable<? extends TpchEntity> rows, LongConsumer loaded)
            throws SQLException {
        long count = 0;
        ByteArrayOutputStream buffer = new ByteArrayOutputStream(BUFFER_BYTES);
        CopyIn copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY " + table + " FROM STDIN (DELIMITER '|')");
        try {
            for (TpchEntity row : rows) {
                buffer.writeBytes((TpchData.copyLine(row) + "\n").getBytes(StandardCharsets.UTF_8));
                if (buffer.size() >= BUFFER_BYTES) {
                    send(copy, buffer);
                }
                count++;
                if (count % REPORT_ROWS == 0) {
                    loaded.accept(count);
                }
            }
            send(copy, buffer);
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
        loaded.accept(count);
        return count;
    }

    private static void send(CopyIn copy, ByteArrayOutputStream buffer) throws SQLException {
        copy.writeToCopy(buffer.toByteArray(), 0, buffer.size());
        buffer.reset();
    }
}
