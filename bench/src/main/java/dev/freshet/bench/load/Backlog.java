package dev.freshet.bench.load;

import java.sql.Connection;
import java.sql.SQLException;

/** Writes what is there before whoever reads it begins. */
public final class Backlog {
    private Backlog() {}

    /**
     * Writes the ids from first to last.
     *
     * @param perTransaction how many of them a transaction has
     * @param settling a connection in autocommit mode, for the checkpoint after it
     */
    public static void write(Load.Writer writer, long first, long last, long perTransaction, Connection settling)
            throws SQLException {
        for (long next = first; next <= last; next += perTransaction) {
            writer.write(next, Math.min(last, next + perTransaction - 1));
        }
        BenchTable.settle(settling);
    }
}
