package dev.freshet.capture.polling;

import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.OutboxSnapshot;
import dev.freshet.capture.internal.ReaderThread;
import dev.freshet.capture.internal.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/** A session with a polled database over a connection, by what all databases understand and what each one does in its own way. */
final class SqlPolledSession implements PolledSession {
    private static final int RANGES_AT_ONCE = 200;

    private final PollingSettings settings;
    private final PolledDatabase database;
    private final Connection connection;
    private final Numbers numbers;
    private final Rows rows;
    private final PolledDatabase.Clearing clearing;

    /**
     * Creates a session.
     *
     * @param connection in auto-commit mode; the session closes it
     */
    SqlPolledSession(PollingSettings settings, PolledDatabase database, Connection connection) {
        this.settings = settings;
        this.database = database;
        this.connection = connection;
        this.numbers = new Numbers(settings);
        this.rows = new Rows(database);
        this.clearing = database.clearing();
    }

    /** Returns the failure that an exception of the driver is. */
    static PolledFailure failure(SQLException e) {
        return new PolledFailure(String.valueOf(e.getMessage()), e);
    }

    /** Statements over the connection. */
    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T ask(Work<T> work) {
        try {
            return work.on(connection);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    @Override
    public State state() {
        return ask(numbers::read);
    }

    @Override
    public String identity() {
        return ask(numbers::identity);
    }

    @Override
    public long begin() {
        return ask(numbers::begin);
    }

    @Override
    public void end() {
        ask(c -> {
            numbers.end(c);
            return true;
        });
    }

    @Override
    public void confirm(long confirmed, long settled) {
        ask(c -> {
            numbers.confirm(c, confirmed, settled);
            return true;
        });
    }

    @Override
    public void add(List<NumberedRun> runs, long high, long settled) {
        ask(c -> {
            numbers.add(c, runs, high, settled);
            return true;
        });
    }

    @Override
    public List<NumberedRun> numbered(long from, int most) {
        return ask(c -> numbers.from(c, from, most));
    }

    @Override
    public List<Run> runsAbove(long seq, int most) {
        return ask(c -> numbers.above(c, seq, most));
    }

    @Override
    public long sentSeq(State state, long below) {
        return ask(c -> numbers.sentSeq(c, state, below));
    }

    @Override
    public void forget(State state) {
        ask(c -> numbers.forget(c, state));
    }

    @Override
    public Look above(long seq, int most) {
        return ask(c -> rows.above(c, seq, most));
    }

    @Override
    public int rangesAtOnce() {
        return RANGES_AT_ONCE;
    }

    @Override
    public List<Head> in(List<Run> ranges, int most) {
        return ask(c -> rows.in(c, ranges, most));
    }

    @Override
    public List<Content> contents(Run run) {
        return ask(c -> rows.read(c, run));
    }

    @Override
    public long lastSeq() {
        return ask(database::lastSeq);
    }

    @Override
    public boolean lock() {
        return ask(database::lock);
    }

    @Override
    public void lease() {
        ask(c -> {
            database.lease(c);
            return true;
        });
    }

    @Override
    public void giveWord() {
        ask(c -> {
            try (Statement statement = c.createStatement()) {
                return statement.execute("SELECT 1");
            }
        });
    }

    @Override
    public Optional<Integer> lockHolder() {
        return ask(database::lockHolder);
    }

    @Override
    public void terminate(int session) {
        ask(c -> {
            database.terminate(c, session);
            return true;
        });
    }

    @Override
    public Optional<List<Writer>> writers() {
        return ask(database::writers);
    }

    @Override
    public Optional<PolledDatabase.Sleep> sleep() {
        return ask(database::sleep);
    }

    @Override
    public List<String> problems() {
        return ask(c -> new PollingChecks(settings, database, numbers, rows).missing(c));
    }

    @Override
    public OutboxSnapshot shown() {
        return ask(database::shown);
    }

    @Override
    public Optional<String> clearingProblem() {
        return ask(database::clearingProblem);
    }

    @Override
    public int clear(OutboxSnapshot sent, long sentSeq, OutboxRetention retention) {
        return ask(c -> clearing.clear(c, sent, sentSeq, retention));
    }

    @Override
    public boolean isClosed() {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            return true; // it is of no use
        }
    }

    @Override
    public void close() {
        Session.closeQuietly(connection);
    }

    @Override
    public void abort() {
        ReaderThread.cut(connection);
    }
}
