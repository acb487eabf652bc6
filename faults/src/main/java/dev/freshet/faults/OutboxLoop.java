package dev.freshet.faults;

import dev.freshet.faults.Steps.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A part of the service that publishes by an outbox, one transaction after the other: some are rolled back, wholly or to a savepoint,
 * and where an id makes an event, one whose commit was not answered is published again, and so are some whose commit was.
 */
final class OutboxLoop extends SqlLoop {
    private static final long PAUSE_NANOS = 20_000_000;
    /** Beyond it the outbox table may have let the first one go: less than its retention by the longest fault. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Way way;
    private final ServiceSettings settings;
    private final Steps steps;
    private final Random random;
    private final Requests requests;
    private final Publisher publisher;
    private @Nullable Request again;

    OutboxLoop(Way way, ServiceSettings settings, Steps steps, int life, long seed) {
        super(PAUSE_NANOS);
        this.way = way;
        this.settings = settings;
        this.steps = steps;
        this.random = new Random(seed);
        this.requests = new Requests(way, random);
        this.publisher = Publisher.of(way, steps, life);
    }

    @Override
    Connection connect() throws SQLException {
        return settings.connect(way);
    }

    @Override
    void turn(Connection c) throws SQLException {
        Request request = next();
        // until it is known to be done: if the connection breaks now, it comes again
        again = way.isById() ? request : null;
        steps.done(way, Step.BEGUN);
        publisher.publish(c, request, random.nextInt(4) == 0);
        if (random.nextInt(5) == 0) {
            publishMore(c, request.key());
        }
        if (random.nextInt(8) == 0) {
            c.rollback();
        } else {
            c.commit();
            steps.done(way, Step.COMMITTED);
        }
        if (random.nextInt(4) > 0) {
            again = null;
        }
    }

    private Request next() {
        Request before = again;
        if (before != null && System.nanoTime() - before.atNanos() < AGAIN_NANOS) {
            return before;
        }
        // all loops of a way have the same keys: the lock alone puts their events in order
        return requests.next();
    }

    private void publishMore(Connection c, String key) throws SQLException {
        Savepoint savepoint = c.setSavepoint();
        publisher.publish(c, Request.of(key, false), false);
        if (random.nextBoolean()) {
            c.rollback(savepoint);
        } else {
            c.releaseSavepoint(savepoint);
        }
    }
}
