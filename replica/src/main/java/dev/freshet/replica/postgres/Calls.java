package dev.freshet.replica.postgres;

import dev.freshet.replica.port.StoreException;
import java.sql.SQLException;

/** Calls of the database; what it refuses comes out as {@link StoreException}. For any thread. */
public final class Calls {
    private final boolean showData;

    /**
     * Creates the calls.
     *
     * @param showData whether what is refused may be told with values
     */
    public Calls(boolean showData) {
        this.showData = showData;
    }

    /** A call with a result. */
    @FunctionalInterface
    public interface Question<T> {
        /** Asks. */
        T ask() throws SQLException;
    }

    /** A call without a result. */
    @FunctionalInterface
    public interface Order {
        /** Does it. */
        void run() throws SQLException;
    }

    /** Asks. */
    public <T> T ask(Question<T> question) {
        try {
            return question.ask();
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    /** Does something. */
    public void run(Order order) {
        try {
            order.run();
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    /** Returns what is thrown for an error. */
    public StoreException refused(SQLException e) {
        return new StoreException(
                DbErrors.kind(e), DbErrors.state(e), DbErrors.describe(e, false), DbErrors.describe(e, showData), e);
    }
}
