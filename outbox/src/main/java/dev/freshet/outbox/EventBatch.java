package dev.freshet.outbox;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.event.PublishedEvent;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Events that are allowed and encoded, as the statements of one transaction, with the errors of the client that runs them: for
 * clients other than JDBC. Immutable; safe to share between threads.
 */
public final class EventBatch {
    private static final String JDBC_ADVICE =
            "Call setAutoCommit(false), or publish inside the transaction of your framework";

    private final Way way;
    private final List<PublishedEvent> events;

    EventBatch(Way way, List<PublishedEvent> events) {
        this.way = way;
        this.events = events;
    }

    /** Returns whether it has no event. */
    public boolean isEmpty() {
        return events.isEmpty();
    }

    /** Returns the events' ids, in their order. */
    public List<UUID> ids() {
        return events.stream().map(PublishedEvent::id).toList();
    }

    /** Returns a statement for each event, in their order; the SQL is the same in all. */
    public List<SqlStatement> statements() {
        return events.stream().map(way::of).toList();
    }

    /**
     * Returns the error of a connection that has auto-commit on. The batch must not be empty.
     *
     * @see #outsideTransaction(String)
     */
    public ConfigurationException outsideTransaction() {
        return outsideTransaction(JDBC_ADVICE);
    }

    /**
     * Returns the error of a connection that would commit each event by itself. The batch must not be empty.
     *
     * @param advice how a transaction is begun with this client: a sentence without its full stop
     */
    public ConfigurationException outsideTransaction(String advice) {
        return new ConfigurationException("The " + events.get(0)
                + " was not published: the connection is in auto-commit mode, and would commit it without the change that"
                + " it tells of. " + advice);
    }

    /**
     * Returns what an error of the database means for who publishes. The batch must not be empty.
     *
     * @param sqlState the error's SQLSTATE; null if it has none
     * @param errorCode the database's own code of the error; 0 if it has none
     * @param passes whether the client knows the error to be one of the moment, such as a lost connection; the SQLSTATE may
     *     tell it too
     * @param error the client's error
     * @return a {@link ConfigurationException} if the database lacks what is needed, a {@link dev.freshet.model.RetriableException} if the
     *     transaction may be tried again, and another exception otherwise
     */
    public FreshetException failure(@Nullable String sqlState, int errorCode, boolean passes, Throwable error) {
        String what = events.size() == 1
                ? "The " + events.get(0)
                : events.size() + " events, the first " + events.get(0) + ',';
        return SqlFailure.of(
                what + " could not be published",
                way.whereMissing(),
                way.whereForbidden(),
                sqlState == null ? "" : sqlState,
                errorCode,
                passes,
                error);
    }
}
