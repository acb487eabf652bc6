package dev.freshet.bench.load;

import java.sql.Connection;
import java.sql.SQLException;

/** Publishes events in the transaction of a service. Safe to share between threads. */
public interface Publishing {
    /** Publishes the event of an id, in the connection's transaction, and commits it or leaves that to the caller. */
    void publish(Connection connection, long id) throws SQLException;
}
