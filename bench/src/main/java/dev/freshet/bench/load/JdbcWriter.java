package dev.freshet.bench.load;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A writer over a plain JDBC connection. */
abstract class JdbcWriter implements Load.Writer {
    private final Connection connection;

    JdbcWriter(DataSource database) throws SQLException {
        connection = database.getConnection();
        connection.setAutoCommit(false);
    }

    /** The connection, in the transaction that is written. */
    final Connection connection() {
        return connection;
    }

    /** Writes all ids from first to last. */
    abstract void insert(long first, long last) throws SQLException;

    @Override
    public final void write(long first, long last) throws SQLException {
        insert(first, last);
        connection.commit();
    }

    @Override
    public final void close() throws SQLException {
        connection.close();
    }
}
