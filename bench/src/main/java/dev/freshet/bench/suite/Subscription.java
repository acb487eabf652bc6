package dev.freshet.bench.suite;

import dev.freshet.bench.load.BenchTable;
import dev.freshet.embedded.EmbeddedPostgres;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;

/**
 * PostgreSQL's own logical replication of the bench table between the two servers, with its defaults: the peer of the
 * whole way. The copy has the source's table name.
 */
final class Subscription {
    /** The peer's name in the report. */
    static final String LABEL = "PostgreSQL's own logical replication";

    private static final String NAME = "bench_subscription";
    private static final long PAUSE_NANOS = 10_000_000;

    private final Connection source;
    private final Connection target;
    private final EmbeddedPostgres publisher;
    private final String database;

    Subscription(EmbeddedPostgres publisher, String database, Connection source, Connection target) {
        this.publisher = publisher;
        this.database = database;
        this.source = source;
        this.target = target;
    }

    /** Creates it; the initial copy begins. */
    void create() throws SQLException {
        URI url = URI.create(publisher.jdbcUrl(database).substring("jdbc:".length()));
        BenchTable.execute(
                target,
                "CREATE SUBSCRIPTION " + NAME + " CONNECTION 'host=" + url.getHost() + " port=" + url.getPort()
                        + " dbname=" + database + " user=" + publisher.user() + " password=" + publisher.password()
                        + "' PUBLICATION " + Scene.PUBLICATION);
    }

    /** Stops it, and waits until nothing is read any more. */
    void disable() throws SQLException {
        BenchTable.execute(target, "ALTER SUBSCRIPTION " + NAME + " DISABLE");
        while (!"0"
                .equals(BenchTable.text(
                        source,
                        "SELECT count(*) FROM pg_replication_slots WHERE active AND slot_name = '" + NAME + "'"))) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Lets it go on. */
    void enable() throws SQLException {
        BenchTable.execute(target, "ALTER SUBSCRIPTION " + NAME + " ENABLE");
    }

    /** Drops it with its slot. */
    void drop() throws SQLException {
        BenchTable.execute(target, "DROP SUBSCRIPTION " + NAME);
    }
}
