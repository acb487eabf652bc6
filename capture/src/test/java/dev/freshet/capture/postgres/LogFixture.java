package dev.freshet.capture.postgres;

import dev.freshet.capture.CapturedStream;
import dev.freshet.capture.ChangeLog;
import dev.freshet.capture.LogEvent;
import dev.freshet.capture.TableCapture;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.model.Change;
import dev.freshet.model.Lsn;
import dev.freshet.model.ledger.ServerSeen;
import dev.freshet.model.ledger.SourceIdentity;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A captured database with its slot and, once opened, its log. */
final class LogFixture implements AutoCloseable {
    static final int EPOCH = 1;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    final TestDatabase database;
    final PostgresSettings settings;
    final PostgresSource source;
    List<CapturedStream> streams = List.of();
    long start;
    private @Nullable ChangeLog log;

    private LogFixture(TestDatabase database, PostgresSettings settings) {
        this.database = database;
        this.settings = settings;
        this.source = PostgresSource.create(settings, Clock.systemUTC());
    }

    static LogFixture create(TestDatabase database, UnaryOperator<PostgresSettings.Builder> more) {
        PostgresSettings.Builder builder = PostgresSettings.builder(
                        "shop", database.jdbcUrl(), database.user(), database.password())
                .slot("s_" + database.name());
        return new LogFixture(database, more.apply(builder).build());
    }

    /** Captures tables and makes the slot. */
    static LogFixture capture(TestDatabase database, TableCapture... tables) {
        LogFixture fixture = create(database, b -> b);
        fixture.streams = fixture.source.capture(List.of(tables));
        fixture.start = fixture.source.createSlot();
        return fixture;
    }

    static TableCapture all(String stream, String table) {
        return new TableCapture(stream, table, List.of(), List.of());
    }

    /** Returns the server as it is now. */
    ServerSeen server() {
        SourceIdentity identity = source.identify();
        return new ServerSeen(identity.system(), identity.timeline(), source.flushedLsn());
    }

    ChangeLog open() {
        return open(start);
    }

    ChangeLog open(long from) {
        ChangeLog present = log;
        if (present != null) {
            present.close();
        }
        ChangeLog opened = source.open(server(), from, EPOCH, streams, null);
        log = opened;
        return opened;
    }

    /** Reads until everything that is committed now has come, and returns all but what only says how far the log is. */
    List<LogEvent> drain() throws Exception {
        long upTo = flushed();
        return until(e -> (e instanceof LogEvent.Reached r && r.lsn() >= upTo)
                        || (e instanceof LogEvent.Committed c && c.endLsn() >= upTo))
                .stream()
                .filter(e -> !(e instanceof LogEvent.Reached))
                .toList();
    }

    List<LogEvent> until(Predicate<LogEvent> last) throws Exception {
        ChangeLog reading = log();
        List<LogEvent> events = new ArrayList<>();
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            List<LogEvent> batch = reading.poll(Duration.ofMillis(100));
            events.addAll(batch);
            if (batch.stream().anyMatch(last)) {
                return events;
            }
        }
        throw new AssertionError("Not seen within " + LIMIT + "; got " + describe(events));
    }

    long flushed() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT pg_current_wal_insert_lsn(), current_setting('wal_block_size')::int")) {
            row.next();
            return Lsn.normalise(Lsn.parse(row.getString(1)), row.getInt(2));
        }
    }

    static List<Change> rows(List<LogEvent> events) {
        return events.stream()
                .filter(e -> e instanceof LogEvent.Row)
                .map(e -> ((LogEvent.Row) e).change())
                .toList();
    }

    static <T extends LogEvent> List<T> only(Class<T> kind, List<LogEvent> events) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    static String text(Change change) {
        byte[] value = change.value();
        return change.op().code()
                + ' '
                + new String(change.key(), StandardCharsets.UTF_8)
                + (value == null ? "" : ' ' + new String(value, StandardCharsets.UTF_8));
    }

    static List<String> texts(List<LogEvent> events) {
        return rows(events).stream().map(LogFixture::text).toList();
    }

    static String describe(List<LogEvent> events) {
        return events.stream()
                .map(e -> e instanceof LogEvent.Row r ? r.change().toString() : e.toString())
                .toList()
                .toString();
    }

    /** Returns the open log, opened at the start if it is not. */
    ChangeLog log() {
        ChangeLog present = log;
        return present == null ? open() : present;
    }

    @Override
    public void close() {
        ChangeLog present = log;
        if (present != null) {
            present.close();
        }
        source.close();
    }
}
