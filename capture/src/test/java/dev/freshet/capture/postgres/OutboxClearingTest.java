package dev.freshet.capture.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.capture.OutboxCleaner;
import dev.freshet.capture.OutboxReader;
import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.OutboxSnapshot;
import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.SqlOutbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What of the outbox table's last partition is cleared: rows of a time that is over, and rows whose ids carry none. */
@OnServers
class OutboxClearingTest {
    private static final TableCapture TABLE = TableCapture.ofOutbox("public.freshet_outbox");
    private static final Duration SPAN = Duration.ofMinutes(10);
    private static final OutboxRetention NOTHING = new OutboxRetention(Optional.of(Duration.ZERO), SPAN);
    private static final OutboxRetention AN_HOUR = new OutboxRetention(Optional.of(Duration.ofHours(1)), SPAN);
    private static final OutboxRetention ALL = new OutboxRetention(Optional.empty(), SPAN);
    private static final String LEFT =
            "SELECT coalesce(string_agg(event_key, ' ' ORDER BY event_key), '') FROM freshet_outbox_rest";

    private TestDatabase db;
    private Source source;
    private OutboxCleaner cleaner;

    @BeforeEach
    void prepare(TestDatabase database) throws SQLException, IOException {
        db = database;
        try (InputStream file = Dialect.class.getClassLoader().getResourceAsStream(Dialect.POSTGRESQL.migration())) {
            db.execute(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
        }
        source = PostgresSource.create(
                PostgresSettings.builder("shop", db.jdbcUrl(), db.user(), db.password())
                        .build(),
                InstantSource.system());
        cleaner = source.outboxCleaner(TABLE);
    }

    @AfterEach
    void close() {
        cleaner.close();
        source.close();
    }

    /** Publishes by a clock that stands so far back. */
    private void publishBehind(String key, Duration behind) throws SQLException {
        SqlOutbox outbox = SqlOutbox.table(Dialect.POSTGRESQL)
                .clock(() -> Instant.now().minus(behind))
                .build();
        try (Connection c = db.connect()) {
            c.setAutoCommit(false);
            outbox.publish(c, Event.builder("orders", "t").key(key).payload(1).build());
            c.commit();
        }
    }

    /** Inserts a row by plain SQL. */
    private void insert(String key, String id) throws SQLException {
        db.execute("INSERT INTO freshet_outbox (id, stream, event_key, event_type, content_type, payload) VALUES (" + id
                + ", 'orders', '" + key + "', 't', 'application/json', '1')");
    }

    @Test
    void rowOfAClockThatStandsBehind_staysUntilItIsSent() throws SQLException {
        cleaner.clear(cleaner.snapshot(), NOTHING);
        publishBehind("sent", Duration.ofHours(3));
        OutboxSnapshot sent = cleaner.snapshot();
        publishBehind("unsent", Duration.ofHours(3));
        cleaner.clear(sent, NOTHING);
        assertEquals("unsent", db.text(LEFT));
        cleaner.clear(cleaner.snapshot(), NOTHING);
        assertEquals("", db.text(LEFT));
    }

    @Test
    void rowWhoseIdHasNoTime_goesOnceItIsSent() throws SQLException {
        insert("random", "gen_random_uuid()");
        insert("low", "'00000000-0000-4000-8000-000000000001'");
        OutboxSnapshot sent = cleaner.snapshot();
        insert("unsent", "gen_random_uuid()");
        insert("unsent too", "'00000000-0000-4000-8000-000000000002'");
        cleaner.clear(sent, ALL);
        assertEquals("low random unsent unsent too", db.text(LEFT));
        cleaner.clear(sent, NOTHING);
        assertEquals("unsent unsent too", db.text(LEFT));
        cleaner.clear(cleaner.snapshot(), NOTHING);
        assertEquals("", db.text(LEFT));
    }

    @Test
    void rowWhoseIdHasNoTime_isKeptByTheTimeAtWhichItWasSent() throws SQLException {
        insert("old", "gen_random_uuid()");
        insert("low", "'00000000-0000-4000-8000-000000000001'");
        cleaner.clear(cleaner.snapshot(), AN_HOUR);
        insert("young", "gen_random_uuid()");
        db.execute("UPDATE freshet_outbox_sent SET at = at - interval '50 min'");
        cleaner.clear(cleaner.snapshot(), AN_HOUR);
        assertEquals("low old young", db.text(LEFT));
        db.execute("UPDATE freshet_outbox_sent SET at = at - interval '20 min'");
        cleaner.clear(cleaner.snapshot(), AN_HOUR);
        assertEquals("young", db.text(LEFT));
        db.execute("UPDATE freshet_outbox_sent SET at = at - interval '50 min'");
        cleaner.clear(cleaner.snapshot(), AN_HOUR);
        assertEquals("", db.text(LEFT));
    }

    @Test
    void whatHasNotBeenSentAgain_stays_howeverOldItIs() throws SQLException {
        OutboxSnapshot before = cleaner.snapshot();
        insert("old", "gen_random_uuid()");
        cleaner.clear(cleaner.snapshot(), AN_HOUR);
        db.execute("UPDATE freshet_outbox_sent SET at = at - interval '2 h'");
        cleaner.clear(before, AN_HOUR);
        assertEquals("old", db.text(LEFT));
    }

    @Test
    void timesAtWhichRowsWereSent_areFew_andNoneOfTheFuture() throws SQLException {
        String times = "SELECT count(*) FROM freshet_outbox_sent WHERE at <= clock_timestamp()";
        cleaner.clear(cleaner.snapshot(), AN_HOUR);
        assertEquals("0", db.text(times), "all ids have a time");
        insert("a", "gen_random_uuid()");
        for (int i = 0; i < 3; i++) {
            cleaner.clear(cleaner.snapshot(), AN_HOUR);
        }
        assertEquals("1", db.text(times), "one a partition");
        db.execute("UPDATE freshet_outbox_sent SET at = at + interval '10 years'");
        cleaner.clear(cleaner.snapshot(), AN_HOUR);
        assertEquals("1", db.text(times));
        assertEquals("1", db.text("SELECT count(*) FROM freshet_outbox_sent"));
    }

    @Test
    void leastOfAllIds_isReadOfWhatTheTableHadBefore() throws SQLException {
        insert("nil", "'00000000-0000-0000-0000-000000000000'");
        insert("random", "gen_random_uuid()");
        try (OutboxReader reader = source.outbox(TABLE).orElseThrow()) {
            OutboxSnapshot shown = reader.snapshot();
            List<OutboxReader.Row> first = reader.read(OutboxReader.Part.of("orders"), shown, null, 1);
            assertEquals(0, first.get(0).id().getLeastSignificantBits());
            assertEquals(
                    1,
                    reader.read(
                                    OutboxReader.Part.of("orders"),
                                    shown,
                                    first.get(0).id(),
                                    10)
                            .size());
        }
    }
}
