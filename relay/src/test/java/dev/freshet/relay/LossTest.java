package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.Source;
import dev.freshet.capture.postgres.PostgresSettings;
import dev.freshet.capture.postgres.PostgresSource;
import dev.freshet.embedded.EmbeddedPostgres;
import dev.freshet.model.LossException;
import dev.freshet.model.ledger.StreamStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What cannot be had any more stops the relay, which says from where to where and how to repair it, and tells the ledger. */
class LossTest extends RelayFixture {
    private static final Pattern FROM_TO = Pattern.compile("from [0-9A-F]+/[0-9A-F]+ .*to [0-9A-F]+/[0-9A-F]+");

    private Relay running() throws SQLException {
        Relay relay = start(settings);
        db.execute("INSERT INTO item VALUES (1, 'a', 1)");
        settle(relay);
        return relay;
    }

    private Relay startedAgainAfter(String... statements) throws SQLException {
        running().close();
        db.execute(statements);
        return start(settings);
    }

    private void assertStopped(Relay relay, String what) {
        Throwable end = failure(relay);
        assertInstanceOf(LossException.class, end);
        String message = String.valueOf(relay.status().message());
        assertEquals(RelayStatus.State.STOPPED, relay.status().state());
        assertTrue(message.contains(what), message);
        assertTrue(FROM_TO.matcher(message).find(), message);
        assertTrue(message.contains("freshet resnapshot --source shop"), message);
        String reason = String.valueOf(entry("items", StreamStatus.BROKEN).reason());
        assertTrue(reason.contains(what), reason);
    }

    /** Ends the slot's reader and does something with the slot before it can come back. */
    private void withoutReader(String... calls) throws SQLException {
        StringBuilder block = new StringBuilder("DO $$ BEGIN PERFORM pg_terminate_backend(active_pid, 5000)"
                + " FROM pg_replication_slots WHERE slot_name = '" + slot() + "'; ");
        for (String call : calls) {
            block.append("PERFORM ").append(call).append("; ");
        }
        db.execute(block.append("END $$").toString());
    }

    private String drop() {
        return "pg_drop_replication_slot('" + slot() + "')";
    }

    private String make(String plugin) {
        return "pg_create_logical_replication_slot('" + slot() + "', '" + plugin + "')";
    }

    /** Has the server throw away log that the slot still needs. */
    private void invalidate() throws SQLException {
        db.execute("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'", "SELECT pg_reload_conf()");
        try (Source source = openSource()) {
            Awaitility.await().atMost(LIMIT).until(() -> {
                db.execute(
                        "SELECT pg_logical_emit_message(true, 'fill', repeat('x', 1000))",
                        "SELECT pg_switch_wal()",
                        "CHECKPOINT");
                return source.slot().orElseThrow().lost() != null;
            });
        } finally {
            db.execute("ALTER SYSTEM RESET max_slot_wal_keep_size", "SELECT pg_reload_conf()");
        }
    }

    @Test
    void missingSlot_inFlight() throws SQLException {
        Relay relay = running();
        withoutReader(drop());
        assertStopped(relay, "slot '" + slot() + "'");
    }

    @Test
    void invalidatedSlot_atStart() throws SQLException {
        running().close();
        invalidate();
        assertStopped(start(settings), "wal_removed");
    }

    @Test
    void invalidatedSlot_inFlight() throws SQLException {
        Relay relay = running();
        // The slot has to keep the log from the begin of the oldest open transaction.
        try (Connection c = db.connect();
                Statement open = c.createStatement()) {
            c.setAutoCommit(false);
            open.execute("INSERT INTO item VALUES (2, 'open', 2)");
            invalidate();
            c.rollback();
        }
        assertStopped(relay, "wal_removed");
    }

    @Test
    void slotMovedOnByAnotherProgram_atStart() throws SQLException {
        Relay relay = startedAgainAfter(
                "INSERT INTO item VALUES (2, 'b', 2)",
                "SELECT pg_replication_slot_advance('" + slot() + "', pg_current_wal_lsn())");
        assertStopped(relay, "moved on by another program");
    }

    @Test
    void slotMadeAgain_atStart() throws SQLException {
        Relay relay = startedAgainAfter(
                "INSERT INTO item VALUES (2, 'b', 2)", "SELECT " + drop(), "SELECT " + make("pgoutput"));
        assertStopped(relay, "moved on by another program");
    }

    @Test
    void slotMadeAgain_inFlight() throws SQLException {
        Relay relay = running();
        withoutReader(drop());
        db.execute("SELECT " + make("pgoutput"), "INSERT INTO item VALUES (2, 'b', 2)");
        assertStopped(relay, "slot '" + slot() + "'");
    }

    @Test
    void foreignSlot_atStart() throws SQLException {
        Relay relay = startedAgainAfter("SELECT " + drop(), "SELECT " + make("test_decoding"));
        assertStopped(relay, "slot '" + slot() + "'");
    }

    @Test
    void foreignSlot_inFlight() throws SQLException {
        Relay relay = running();
        withoutReader(drop(), make("test_decoding"));
        assertStopped(relay, "slot '" + slot() + "'");
    }

    @Test
    void otherSystem_atStart_andInFlight() throws SQLException {
        try (EmbeddedPostgres other = EmbeddedPostgres.builder().start()) {
            other.createDatabase("shop");
            Supplier<Source> elsewhere = () -> PostgresSource.create(
                    PostgresSettings.builder("shop", other.jdbcUrl("shop"), other.user(), other.password())
                            .slot(slot())
                            .publication(slot())
                            .build(),
                    InstantSource.system());
            AtomicReference<Supplier<Source>> url = new AtomicReference<>(this::openSource);
            Relay relay = start(settings, () -> url.get().get());
            db.execute("INSERT INTO item VALUES (1, 'a', 1)");
            settle(relay);
            url.set(elsewhere);
            withoutReader();
            assertStopped(relay, "system identifier");
            assertStopped(start(settings, elsewhere), "system identifier");
        }
    }
}
