package dev.freshet.bench.suite;

import dev.freshet.bench.load.BenchTable;
import dev.freshet.embedded.EmbeddedPostgres;
import java.net.URI;
import java.sql.SQLException;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.concurrent.locks.LockSupport;

/**
 * PostgreSQL's own logical replication of the bench table between the two servers, with its defaults. The copy has the
 * source's table name.
 */
final class Subscription extends Copier {
    private static final String NAME = "bench_subscription";
    private static final long PAUSE_NANOS = 10_000_000;

    private boolean exists;

    private Subscription(Scene scene) {
        super(scene);
    }

    /** Makes the table of the copy, which a subscription does not. */
    static Subscription enter(Scene scene) throws SQLException {
        BenchTable.create(scene.target(), BenchTable.NAME);
        return new Subscription(scene);
    }

    @Override
    String label() {
        return "PostgreSQL's own logical replication";
    }

    @Override
    Candidate.Role role() {
        return Candidate.Role.PEER;
    }

    @Override
    String table() {
        return BenchTable.NAME;
    }

    @Override
    Instant launch() throws SQLException {
        return exists ? begin() : create();
    }

    private Instant create() throws SQLException {
        EmbeddedPostgres publisher = scene().servers().source();
        URI url = URI.create(publisher.jdbcUrl(scene().database()).substring("jdbc:".length()));
        Instant now = Instant.now();
        BenchTable.execute(
                scene().target(),
                "CREATE SUBSCRIPTION " + NAME + " CONNECTION 'host=" + url.getHost() + " port=" + url.getPort()
                        + " dbname=" + scene().database() + " user=" + publisher.user() + " password="
                        + publisher.password() + "' PUBLICATION " + Scene.PUBLICATION);
        exists = true;
        return now;
    }

    @Override
    Instant begin() throws SQLException {
        Instant now = Instant.now();
        BenchTable.execute(scene().target(), "ALTER SUBSCRIPTION " + NAME + " ENABLE");
        return now;
    }

    @Override
    void check() {
        // a failure shows as rows that do not come
    }

    @Override
    void stop() throws SQLException {
        BenchTable.execute(scene().target(), "ALTER SUBSCRIPTION " + NAME + " DISABLE");
        while (!"0"
                .equals(BenchTable.text(
                        scene().source(),
                        "SELECT count(*) FROM pg_replication_slots WHERE active AND slot_name = '" + NAME + "'"))) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    @Override
    void end() {
        // it has no JVM
    }

    @Override
    OptionalDouble peakMegabytes() {
        return OptionalDouble.empty();
    }

    @Override
    OptionalDouble fillFromTopic(long rows) {
        return OptionalDouble.empty();
    }

    @Override
    public void close() throws SQLException {
        if (exists) {
            BenchTable.execute(scene().target(), "DROP SUBSCRIPTION " + NAME);
        }
    }
}
