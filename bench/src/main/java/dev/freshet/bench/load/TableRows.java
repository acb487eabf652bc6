package dev.freshet.bench.load;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Rows of the {@link BenchTable}. */
public final class TableRows implements Load {
    /** Creates the load. */
    public TableRows() {}

    @Override
    public void create(Connection connection) throws SQLException {
        BenchTable.create(connection, BenchTable.NAME);
    }

    @Override
    public String table() {
        return BenchTable.NAME;
    }

    @Override
    public Writer open(DataSource database) throws SQLException {
        return new BatchWriter(database, BenchTable.insertOne(), (insert, id) -> insert.setLong(1, id));
    }
}
