package dev.freshet.bench.load;

import com.gruelbox.transactionoutbox.Dialect;
import com.gruelbox.transactionoutbox.Instantiator;
import com.gruelbox.transactionoutbox.Persistor;
import com.gruelbox.transactionoutbox.Submitter;
import com.gruelbox.transactionoutbox.TransactionManager;
import com.gruelbox.transactionoutbox.TransactionOutbox;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.time.Duration;
import javax.sql.DataSource;

/** Calls of {@link EventSender} in the table of gruelbox's transaction-outbox. */
public final class TransactionOutboxEvents implements Load {
    private static final String TABLE = "txno_outbox";
    /** As soon as may be: whoever writes leaves the work to others, which take what is due. */
    private static final Duration DUE = Duration.ofMillis(100);

    private static final Duration DEFAULT_ATTEMPT_FREQUENCY = Duration.ofMinutes(2);

    /** Creates the load. */
    public TransactionOutboxEvents() {}

    /** Returns a pool of so many connections. */
    public static HikariDataSource pool(DataSource database, int connections) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(database);
        config.setMaximumPoolSize(connections);
        return new HikariDataSource(config);
    }

    /**
     * Returns an outbox that does its work itself, with its defaults but for that.
     *
     * @param sender does the work
     * @param submitter lets it be done after a commit, or by {@code flush}
     */
    public static TransactionOutbox working(TransactionManager transactions, EventSender sender, Submitter submitter) {
        return create(transactions, Instantiator.using(name -> sender), submitter, DEFAULT_ATTEMPT_FREQUENCY);
    }

    private static TransactionOutbox create(
            TransactionManager transactions, Instantiator instantiator, Submitter submitter, Duration due) {
        return TransactionOutbox.builder()
                .transactionManager(transactions)
                .persistor(Persistor.forDialect(Dialect.POSTGRESQL_9))
                .instantiator(instantiator)
                .submitter(submitter)
                .attemptFrequency(due)
                .build();
    }

    /** Publishes the event of an id, in the transaction of the calling thread. */
    public static void publish(TransactionOutbox outbox, long id) {
        outbox.schedule(EventSender.class).send(Events.key(id), Events.json(id));
    }

    /** Does nothing: the outbox makes its table itself, with the first writer. */
    @Override
    public void create(Connection connection) {}

    @Override
    public String table() {
        return TABLE;
    }

    @Override
    public Writer open(DataSource database) {
        HikariDataSource pool = pool(database, 1);
        TransactionManager transactions = TransactionManager.fromDataSource(pool);
        TransactionOutbox outbox = create(transactions, Instantiator.usingReflection(), (entry, work) -> {}, DUE);
        return writer(transactions, outbox, pool::close);
    }

    /**
     * Returns a writer by an outbox.
     *
     * @param end what its close does
     */
    public static Writer writer(TransactionManager transactions, TransactionOutbox outbox, Runnable end) {
        return new Writer() {
            @Override
            public void write(long first, long last) {
                transactions.inTransaction(() -> {
                    for (long id = first; id <= last; id++) {
                        publish(outbox, id);
                    }
                });
            }

            @Override
            public void close() {
                end.run();
            }
        };
    }
}
