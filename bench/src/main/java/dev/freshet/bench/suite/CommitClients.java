package dev.freshet.bench.suite;

import dev.freshet.bench.BenchException;
import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.Publishing;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Clients of a database that commit one business row after the other, each with an event or alone; their commits are as durable
 * as the server is set. Belongs to one thread.
 */
final class CommitClients implements AutoCloseable {
    /** How many there are; ids are taken for a multiple of it. */
    static final int CLIENTS = 8;

    private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    private final List<Client> clients = new ArrayList<>();
    private long next;

    private CommitClients(long first) {
        next = first;
    }

    /**
     * Opens the connections.
     *
     * @param database has the {@link BenchTable}
     * @param first the first id; all above it are free
     */
    static CommitClients open(DataSource database, long first) throws SQLException {
        CommitClients opened = new CommitClients(first);
        try {
            for (int i = 0; i < CLIENTS; i++) {
                opened.clients.add(Client.open(database));
            }
        } catch (SQLException e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    /**
     * Lets the clients commit, and returns how many transactions a second they did.
     *
     * @param transactions how many at least
     * @param events what each publishes as well; null for nothing
     */
    double rate(long transactions, @Nullable Publishing events) throws InterruptedException {
        long each = (transactions + CLIENTS - 1) / CLIENTS;
        List<Callable<Void>> work = new ArrayList<>();
        for (Client client : clients) {
            long first = next;
            next += each;
            work.add(() -> client.commit(first, first + each, events));
        }
        long began = System.nanoTime();
        for (Future<Void> done : threads.invokeAll(work)) {
            try {
                done.get();
            } catch (ExecutionException e) {
                throw new BenchException("A transaction failed: " + e.getCause(), e);
            }
        }
        return each * CLIENTS * 1e9 / (System.nanoTime() - began);
    }

    @Override
    public void close() throws SQLException {
        threads.shutdownNow();
        for (Client client : clients) {
            client.connection().close();
        }
    }

    private record Client(Connection connection, PreparedStatement insert) {
        static Client open(DataSource database) throws SQLException {
            Connection connection = database.getConnection();
            connection.setAutoCommit(false);
            return new Client(connection, connection.prepareStatement(BenchTable.insertOne()));
        }

        @Nullable
        Void commit(long first, long end, @Nullable Publishing events) throws SQLException {
            for (long id = first; id < end; id++) {
                insert.setLong(1, id);
                insert.executeUpdate();
                if (events != null) {
                    events.publish(connection, id);
                }
                // sends nothing if the event has committed it
                connection.commit();
            }
            return null;
        }
    }
}
