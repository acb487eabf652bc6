package dev.freshet.faults;

import dev.freshet.faults.Steps.Step;
import dev.freshet.model.FreshetException;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.SqlOutbox;
import java.sql.Connection;
import java.sql.SQLException;

/** Publishes events in a transaction, and tells of each in {@link ToldTable}. Safe to share between threads. */
final class Publisher {
    private final Way way;
    private final SqlOutbox outbox;
    private final Steps steps;
    private final int life;

    private Publisher(Way way, SqlOutbox outbox, Steps steps, int life) {
        this.way = way;
        this.outbox = outbox;
        this.steps = steps;
        this.life = life;
    }

    /**
     * Prepares it.
     *
     * @param way any but {@link Way#DIRECT}
     * @param life the process that publishes
     */
    static Publisher of(Way way, Steps steps, int life) {
        SqlOutbox.Builder outbox = way == Way.LOG ? SqlOutbox.walMessages() : SqlOutbox.table(Dialect.POSTGRESQL);
        return new Publisher(way, outbox.build(), steps, life);
    }

    /**
     * Publishes an event, or the same again.
     *
     * @param twice whether it is published twice at once, which is one event by a way that goes by ids
     */
    void publish(Connection c, Request request, boolean twice) throws SQLException {
        long number = ToldTable.lock(c, request.key());
        steps.done(way, Step.LOCKED);
        ToldTable.insert(c, request, number, life);
        steps.done(way, Step.TOLD);
        Event event = request.event(number);
        try {
            outbox.publish(c, event);
            if (twice && way.isById()) {
                outbox.publish(c, event);
            }
        } catch (FreshetException e) {
            throw Away.cause(e);
        }
        steps.done(way, Step.PUBLISHED);
    }
}
