package dev.freshet.capture.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.OutboxCleaner;
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

/** Whether an outbox table can be cleared, and what of its last partition is. */
@OnServers
class OutboxClearingTest {
    private static final TableCapture TABLE = TableCapture.ofOutbox("public.freshet_outbox");
    private static final Duration SPAN = Duration.ofMinutes(10);
    private static final OutboxRetention NOTHING = new OutboxRetention(Optional.of(Duration.ZERO), SPAN);
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
        source = source(db.user(), db.password());
        cleaner = source.outboxCleaner(TABLE);
    }

    private Source source(String user, String password) {
        return PostgresSource.create(
                PostgresSettings.builder("shop", db.jdbcUrl(), user, password).build(), InstantSource.system());
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

    @Test
    void roleThatMayNotClear_isToldBefore_andMayCapture() throws SQLException {
        assertEquals(Optional.empty(), cleaner.problem());
        String role = db.name() + "_r";
        db.execute(
                "CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD 'p'", "GRANT SELECT ON freshet_outbox TO " + role);
        try (Source theirs = source(role, "p");
                OutboxCleaner their = theirs.outboxCleaner(TABLE)) {
            assertEquals(
                    Optional.of(
                            "Table 'public.freshet_outbox': the role '" + role + "' may not clear it; GRANT EXECUTE ON"
                                    + " FUNCTION public.freshet_outbox_roll TO \"" + role + '"'),
                    their.problem());
            assertTrue(theirs.check(List.of(TABLE)).stream()
                    .noneMatch(p -> p.sentence().contains("roll")));
        } finally {
            db.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
        db.execute("DROP FUNCTION freshet_outbox_roll");
        assertTrue(cleaner.problem().orElseThrow().contains("run all of the migration"));
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
}
