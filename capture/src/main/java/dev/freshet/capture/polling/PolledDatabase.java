package dev.freshet.capture.polling;

import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.OutboxSnapshot;
import dev.freshet.model.FreshetException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a database that is polled does in its own way. Everything else is SQL that all of them understand. Any thread may use it,
 * each with connections of its own.
 */
public interface PolledDatabase {
    /** Returns the kind of source, such as {@code mariadb}. */
    String type();

    /**
     * Opens a connection in auto-commit mode, isolated as READ COMMITTED, whose commits are durable; the caller closes it.
     *
     * @throws dev.freshet.model.ConfigurationException if there is no driver for the URL
     */
    Connection open() throws SQLException;

    /**
     * Returns the exception for a failed piece of work.
     *
     * @param doing what failed, as the end of a sentence that names the source
     */
    FreshetException failed(String doing, SQLException e);

    /** Returns the outbox table for a query that goes by {@code seq}, with what has the database take its index. */
    String bySeq();

    /** Returns an expression: the time at which the statement began, or earlier, in microseconds since 1970. */
    String began();

    /** Returns the last {@code seq} that was drawn, 0 for none; or the greatest number where it cannot be told now. */
    long lastSeq(Connection connection) throws SQLException;

    /**
     * Takes the lock of the one that numbers, which the session holds until it ends, after its last transaction.
     *
     * @return whether it has it
     */
    boolean lock(Connection connection) throws SQLException;

    /**
     * Has the server end the session once it has given no word for {@link PollingSettings#lease()}, since its host may be lost, or
     * stand still: its lock is another one's then.
     */
    void lease(Connection connection) throws SQLException;

    /** Returns the session that holds the lock. */
    Optional<Integer> lockHolder(Connection connection) throws SQLException;

    /** Ends a session; one that has ended already is nothing. */
    void terminate(Connection connection, int session) throws SQLException;

    /**
     * Returns who may have drawn a {@code seq} and not ended: every transaction of which rows can become visible is among them from
     * before it draws one until a new look would show its rows. More than those is allowed, as long as they end.
     *
     * @return empty if the database gives an old answer now
     */
    Optional<List<Writer>> writers(Connection connection) throws SQLException;

    /** Returns how a session sleeps until a row is committed; empty if the database has no such thing, or it is not set up. */
    Optional<Sleep> sleep(Connection connection) throws SQLException;

    /** Returns what is missing for all this, a sentence each with the way out. */
    List<String> problems(Connection connection) throws SQLException;

    /** Returns what the table shows now, its text as {@link Clearing} understands it, at place 0 of the log. */
    OutboxSnapshot shown(Connection connection) throws SQLException;

    /** Returns what keeps the outbox table from being cleared, a sentence with the way out. */
    Optional<String> clearingProblem(Connection connection) throws SQLException;

    /** Returns what clears the outbox table in one session, and belongs to its thread. */
    Clearing clearing();

    /** Clears the outbox table. */
    interface Clearing {
        /**
         * Clears what is sent and need not be kept.
         *
         * @param sent all that it shows is sent
         * @param sentSeq up to which {@code seq} everything is sent
         * @return how many partitions or rows are gone
         */
        int clear(Connection connection, OutboxSnapshot sent, long sentSeq, OutboxRetention retention)
                throws SQLException;
    }

    /** The sleep of a session. While it sleeps, it is woken by every commit; it does not fall asleep over one that has begun. */
    interface Sleep {
        /**
         * Tries to fall asleep. Afterwards the caller looks once more: what was committed before wakes nobody.
         *
         * @return whether it sleeps; if not, somebody writes
         */
        boolean begin() throws SQLException;

        /** Waits; returns whether it was woken. */
        boolean await(Duration wait) throws SQLException;

        /** Wakes up. */
        void end() throws SQLException;
    }
}
