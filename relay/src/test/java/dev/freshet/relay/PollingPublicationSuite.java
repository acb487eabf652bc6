package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.Source;
import dev.freshet.capture.polling.PolledDatabase;
import dev.freshet.capture.polling.PollingSettings;
import dev.freshet.capture.polling.PollingSource;
import dev.freshet.model.JdbcUrl;
import dev.freshet.model.LossException;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.SqlOutbox;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Events by rows of an outbox table that is polled: one subclass for each database. */
abstract class PollingPublicationSuite extends DeadLetterSuite {
    private static final String UNNUMBERED = "SELECT count(*) FROM freshet_outbox o WHERE seq > (SELECT"
            + " coalesce(max(settled_seq), 0) FROM freshet_outbox_number) AND NOT EXISTS (SELECT 1 FROM"
            + " freshet_outbox_number n WHERE o.seq BETWEEN n.first_seq AND n.first_seq + n.events - 1)";

    private Supplier<Source> sources;

    /** Where the test's own database is. */
    record Place(String url, String user, String password, String schema) {}

    abstract Dialect dialect();

    /** Returns the test's own database. */
    abstract Place place() throws SQLException;

    abstract PolledDatabase database(PollingSettings polled);

    @Override
    SqlOutbox outbox() throws Exception {
        String several = dialect() == Dialect.POSTGRESQL ? "" : "?allowMultiQueries=true";
        try (Connection c = DriverManager.getConnection(place().url() + several, place().user(), place().password());
                Statement statement = c.createStatement()) {
            for (String migration : Stream.concat(
                            Stream.of(dialect().migration()), dialect().pollingMigration().stream())
                    .toList()) {
                try (InputStream file = SqlOutbox.class.getClassLoader().getResourceAsStream(migration)) {
                    statement.execute(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        sources = anotherRelaysSources();
        return SqlOutbox.table(dialect()).build();
    }

    private Supplier<Source> anotherRelaysSources() throws SQLException {
        PollingSettings polled = PollingSettings.builder(
                        "shop", new JdbcUrl(place().url()), place().user(), place().password(), outboxTable())
                .slot(slot())
                .build();
        return PollingSource.of(polled, database(polled));
    }

    private String outboxTable() throws SQLException {
        return place().schema() + ".freshet_outbox";
    }

    @Override
    RelaySettings.Builder relayed(RelaySettings.Builder of) {
        try {
            return of.events(events.withOutbox(outboxTable(), retention));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    List<StreamSettings> besideEvents() {
        return List.of();
    }

    @Override
    Connection connect() throws SQLException {
        return DriverManager.getConnection(place().url(), place().user(), place().password());
    }

    @Override
    Source openSource() {
        return sources.get();
    }

    /** The number behind all that is committed now. */
    @Override
    long insertLsn() {
        Awaitility.await().atMost(LIMIT).until(() -> text(UNNUMBERED).equals("0"));
        return Long.parseLong(text("SELECT coalesce(max(number + events), 1) FROM freshet_outbox_number"));
    }

    final String text(String query) {
        try (Connection c = connect();
                Statement statement = c.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return String.valueOf(row.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection c = connect();
                Statement statement = c.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void eventsThatTheTableHadBefore_areSentOnce() throws Exception {
        List<UUID> published = new ArrayList<>();
        publish(published, 2_500);
        Relay relay = start(settings);
        publish(published, 500);
        until(relay, s -> is(s, StreamStatus.RUNNING));
        publish(published, 500);
        assertOnceInOrder(published, settle(relay));
    }

    @Test
    void relayThatEndsAgainAndAgain_sendsEachOnce() throws Exception {
        List<UUID> published = new ArrayList<>();
        publish(published, 3_000);
        settings = batchesOf(50);
        for (int i = 0; i < 4; i++) {
            Relay relay = start(settings);
            until(relay, s -> s.recordsSent() > 0);
            relay.close();
            publish(published, 20);
        }
        assertOnceInOrder(published, settle(start(settings)));
    }

    @Test
    void longTransaction_isSentWhenItCommits_whileOthersPass() throws Exception {
        Relay relay = start(settings);
        until(relay, s -> is(s, StreamStatus.RUNNING));
        List<UUID> late = new ArrayList<>();
        List<UUID> others = new ArrayList<>();
        try (Connection open = transaction();
                Connection undone = transaction()) {
            publish(open, late, 10);
            publish(undone, new ArrayList<>(), 10);
            publish(others, 300);
            undone.rollback();
            publish(others, 300);
            until(relay, s -> s.recordsSent() >= 600);
            publish(open, late, 10);
            open.commit();
        }
        List<String> ids = ids(settle(relay));
        assertEquals(620, ids.size());
        assertEquals(
                Stream.concat(late.stream(), others.stream())
                        .map(UUID::toString)
                        .collect(Collectors.toSet()),
                new HashSet<>(ids));
    }

    @Test
    void twoRelays_oneIsActive_andTheOtherGoesOnAfterIt() throws Exception {
        List<UUID> published = new ArrayList<>();
        Relay first = start(settings);
        until(first, s -> s.state() == RelayStatus.State.RUNNING);
        Relay second = start(settings, anotherRelaysSources());
        until(second, s -> s.state() == RelayStatus.State.STANDBY);
        publish(published, 200);
        settle(first);
        assertEquals(RelayStatus.State.STANDBY, second.status().state());
        publish(published, 200);
        first.close();
        until(second, s -> s.state() == RelayStatus.State.RUNNING);
        publish(published, 200);
        assertOnceInOrder(published, settle(second));
    }

    @Test
    void sessionThatIsEnded_makesTheRelayGoOnWithAnother() throws Exception {
        Relay relay = start(settings);
        until(relay, s -> s.state() == RelayStatus.State.RUNNING);
        List<UUID> published = new ArrayList<>();
        publish(published, 100);
        settle(relay);
        try (Source source = openSource()) {
            source.terminateReader(
                    Objects.requireNonNull(source.slot().orElseThrow().activePid()));
        }
        publish(published, 100);
        assertOnceInOrder(published, settle(relay));
    }

    @Test
    void databaseThatWasSetBack_isALoss() throws Exception {
        // the table still has what is to be sent again
        retention = new OutboxRetention(Optional.empty(), Duration.ofMinutes(10));
        settings = relayed(builder).build();
        Relay relay = start(settings);
        until(relay, s -> s.state() == RelayStatus.State.RUNNING);
        List<UUID> published = new ArrayList<>();
        publish(published, 50);
        settle(relay);
        relay.close();
        // as it was before the numbers were given
        execute("DELETE FROM freshet_outbox_number");
        Throwable loss = failure(start(settings));
        assertInstanceOf(LossException.class, loss);
        assertTrue(String.valueOf(loss.getMessage()).contains("restored from an older state"), loss::toString);

        settings = relayed(builder.onLoss(LossPolicy.RESNAPSHOT)).build();
        Relay again = start(settings);
        until(again, s -> s.state() == RelayStatus.State.RUNNING && is(s, StreamStatus.RUNNING));
        publish(published, 50);
        List<String> ids = ids(settle(again));
        assertEquals(published.stream().map(UUID::toString).collect(Collectors.toSet()), new HashSet<>(ids));
        assertEquals(150, ids.size(), "what the table has is sent again");
    }

    @Test
    void idleSource_isKnownToBeCompleteToNow() throws Exception {
        Relay relay = start(settings);
        until(relay, s -> s.state() == RelayStatus.State.RUNNING);
        List<UUID> published = new ArrayList<>();
        publish(published, 10);
        settle(relay);
        Instant now = Instant.now();
        until(relay, s -> s.completeTo() != null && s.completeTo().isAfter(now));
        assertEquals(10, ids(topics.cursor(settings.ledger())).size());
    }

    @Test
    void eventsThatAreSent_areCleared_andNoneIsLost() throws Exception {
        retention = new OutboxRetention(Optional.of(Duration.ZERO), Duration.ofSeconds(1));
        settings = relayed(builder).build();
        List<UUID> published = new ArrayList<>();
        publish(published, 100);
        Relay relay = start(settings);
        until(relay, s -> is(s, StreamStatus.RUNNING));
        publish(published, 500);
        Awaitility.await().atMost(LIMIT).until(() -> text("SELECT count(*) FROM freshet_outbox")
                .equals("0"));
        publish(published, 5);
        assertOnceInOrder(published, settle(relay));
    }
}
