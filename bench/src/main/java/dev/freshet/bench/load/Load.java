package dev.freshet.bench.load;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** What is written in a case: rows, or events. Each has an id, of which its content is a function. */
public interface Load {
    /** Makes what is written to, in a new database, over a connection in autocommit mode. */
    void create(Connection connection) throws SQLException;

    /** The table that contenders capture which are told of one. */
    String table();

    /** Opens a writer over a connection of its own. */
    Writer open(DataSource database) throws SQLException;

    /** Writes transactions. Belongs to one thread. */
    interface Writer extends AutoCloseable {
        /** Writes all ids from first to last in one transaction and commits it. */
        void write(long first, long last) throws SQLException;

        @Override
        void close() throws SQLException;
    }
}
