package dev.freshet.capture.polling;

import dev.freshet.capture.CapturedStream;
import dev.freshet.capture.ChangeLog;
import dev.freshet.capture.LogEvent;
import dev.freshet.capture.SlotState;
import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.model.JdbcUrl;
import dev.freshet.model.ledger.ServerSeen;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.SqlOutbox;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** An outbox table in a database of a test's own, and what polls it. */
final class PollingFixture {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Dialect dialect;
    private final String url;
    private final String user;
    private final String password;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final SqlOutbox outbox;
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger leases = new AtomicInteger();
    final PollingSettings settings;
    final PolledDatabase database;
    final Numbers numbers;
    final Supplier<Source> sources;

    /** How a database is polled. */
    interface Opener {
        PolledDatabase of(PollingSettings settings);
    }

    PollingFixture(
            Dialect dialect,
            String url,
            String user,
            String password,
            String schema,
            Opener opener,
            UnaryOperator<PollingSettings.Builder> more)
            throws Exception {
        this.dialect = dialect;
        this.url = url;
        this.user = user;
        this.password = password;
        this.outbox = SqlOutbox.table(dialect).build();
        this.settings = more.apply(
                        PollingSettings.builder("shop", new JdbcUrl(url), user, password, schema + ".freshet_outbox"))
                .build();
        this.database = counting(opener.of(settings));
        this.numbers = new Numbers(settings);
        this.sources = PollingSource.of(settings, database);
    }

    private PolledDatabase counting(PolledDatabase of) {
        return (PolledDatabase) Proxy.newProxyInstance(
                PolledDatabase.class.getClassLoader(), new Class<?>[] {PolledDatabase.class}, (proxy, method, args) -> {
                    try {
                        Object result = method.invoke(of, args);
                        if (method.getName().equals("writers") && ((Optional<?>) result).isPresent()) {
                            answers.incrementAndGet();
                        }
                        if (method.getName().equals("lease")) {
                            leases.incrementAndGet();
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Returns how often the database has told who writes. */
    int answers() {
        return answers.get();
    }

    /** Returns how many sessions the server ends when they are silent. */
    int leases() {
        return leases.get();
    }

    /** Has a session of the poller's be silent until the server has ended it. */
    void outliveASilentSession() throws SQLException {
        Connection silent = session();
        boolean postgres = dialect == Dialect.POSTGRESQL;
        database.lease(silent);
        leases.decrementAndGet();
        String alive;
        try (Statement statement = silent.createStatement();
                ResultSet row = statement.executeQuery(
                        postgres
                                ? "SELECT 'SELECT count(*) FROM pg_stat_activity WHERE pid = ' || pg_backend_pid()"
                                : "SELECT concat('SELECT count(*) FROM information_schema.processlist WHERE id = ',"
                                        + " connection_id())")) {
            row.next();
            alive = row.getString(1);
        }
        Awaitility.await().atMost(LIMIT).until(() -> text(alive).equals("0"));
    }

    void migrate() throws Exception {
        boolean postgres = dialect == Dialect.POSTGRESQL;
        try (Connection c =
                        DriverManager.getConnection(postgres ? url : url + "?allowMultiQueries=true", user, password);
                Statement statement = c.createStatement()) {
            for (String migration : Stream.concat(Stream.of(dialect.migration()), dialect.pollingMigration().stream())
                    .toList()) {
                try (InputStream file = Dialect.class.getClassLoader().getResourceAsStream(migration)) {
                    statement.execute(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
    }

    <T extends AutoCloseable> T closing(T what) {
        open.add(what);
        return what;
    }

    /** Returns a connection in a transaction, of a service. */
    Connection transaction() throws SQLException {
        Connection c = closing(DriverManager.getConnection(url, user, password));
        c.setAutoCommit(false);
        return c;
    }

    /** Returns a connection of the poller's. */
    Connection session() throws SQLException {
        return closing(database.open());
    }

    /** Publishes an event in a transaction that stays open. */
    Connection begun(String key) throws SQLException {
        Connection c = transaction();
        publish(c, key);
        return c;
    }

    void publish(Connection c, String key) {
        outbox.publish(c, Event.builder("orders", "t").key(key).payload(key).build());
    }

    void publish(String... keys) throws SQLException {
        try (Connection c = transaction()) {
            for (String key : keys) {
                publish(c, key);
            }
            c.commit();
        }
    }

    void execute(String... statements) throws SQLException {
        try (Connection c = DriverManager.getConnection(url, user, password);
                Statement statement = c.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    String text(String query) throws SQLException {
        try (Connection c = DriverManager.getConnection(url, user, password);
                Statement statement = c.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    Source source() {
        return closing(sources.get());
    }

    /** Captures the table and makes the slot. */
    long begin() {
        Source source = source();
        source.identify();
        source.capture(List.of(TableCapture.ofOutbox(settings.table())));
        return source.createSlot();
    }

    /** Opens a log once the database has heard of the end of the one before. */
    ChangeLog reopen(Source source, long start) {
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> source.slot().map(SlotState::activePid).isEmpty());
        return open(source, start);
    }

    ChangeLog open(Source source, long start) {
        return closing(source.open(
                new ServerSeen(source.identify().system(), 1, source.flushedLsn()),
                start,
                1,
                List.<CapturedStream>of(),
                null));
    }

    Numbering numbering(Connection c) throws SQLException {
        return Numbering.resume(settings, PollerThread.runtime(settings), new Progress(), numbers.read(c), polled(c));
    }

    private PolledSession polled(Connection c) {
        return new SqlPolledSession(settings, database, c);
    }

    /** Does a round and returns what it has numbered, as {@code number:seq}. */
    List<String> round(Numbering numbering, Connection c) throws SQLException {
        List<String> found = new ArrayList<>();
        for (Numbering.Numbered numbered : numbering.round(polled(c))) {
            numbered.heads().forEach(h -> found.add(numbered.run().numberOf(h.seq()) + ":" + h.seq()));
        }
        return found;
    }

    /** Does rounds that find nothing until no more than so many gaps are left. */
    void roundsUntilGaps(Numbering numbering, Connection c, int gaps) throws SQLException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (numbering.gaps() > gaps) {
            List<String> found = round(numbering, c);
            if (!found.isEmpty() || System.nanoTime() > deadline) {
                throw new AssertionError("found " + found + ", with " + numbering.gaps() + " gaps");
            }
        }
    }

    /** Reads so many events and returns them as {@code number:key}. */
    static List<String> read(ChangeLog log, int count) throws InterruptedException {
        List<String> keys = new ArrayList<>();
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (keys.size() < count) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("Only " + keys + " came");
            }
            for (LogEvent event : log.poll(Duration.ofMillis(50))) {
                if (event instanceof LogEvent.Published p) {
                    keys.add(p.record().position().lsn() + ":"
                            + p.record().event().key());
                }
            }
        }
        return keys;
    }

    /** Closes what was opened, the last first. */
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }
}
