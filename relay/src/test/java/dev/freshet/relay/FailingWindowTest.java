package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.Source;
import dev.freshet.capture.postgres.PostgresSettings;
import dev.freshet.capture.postgres.PostgresSource;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A table that may not be read for a while holds up its own re-snapshot alone, says so, and breaks nothing. */
class FailingWindowTest extends RelayFixture {
    private static final Duration RETRY_LIMIT = Duration.ofSeconds(1);

    private String role;

    private Source openAsRole() {
        return PostgresSource.create(
                PostgresSettings.builder("shop", db.jdbcUrl(), role, "reader")
                        .slot(slot())
                        .publication(slot())
                        .build(),
                InstantSource.system());
    }

    @AfterEach
    void dropRole() throws SQLException {
        db.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
    }

    @Test
    void revokedSelect_holdsUpItsStreamAlone_andIsShownUntilItIsGrantedAgain(EmbeddedKafka kafka, TopicPrefix prefix)
            throws SQLException {
        role = db.name() + "_relay";
        captureNotes(kafka, prefix);
        settings = settings(kafka, prefix, settings.streams())
                .streamRetryLimit(RETRY_LIMIT)
                .build();
        db.execute(
                "CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD 'reader'",
                "GRANT SELECT ON item, note TO " + role,
                "CREATE PUBLICATION " + slot() + " FOR TABLE item, note WITH (publish_via_partition_root = true)",
                "INSERT INTO item SELECT i, 'n' || i, i FROM generate_series(1, 100) i",
                "INSERT INTO note SELECT i, 'n' || i FROM generate_series(1, 100) i");
        Relay relay = start(settings, this::openAsRole);
        until(relay, s -> is(s, "items", StreamStatus.RUNNING) && is(s, "notes", StreamStatus.RUNNING));

        // the first of them by name fails
        db.execute(
                "REVOKE SELECT ON item FROM " + role,
                "TRUNCATE item, note",
                "INSERT INTO item VALUES (7, 'seven', 7)",
                "INSERT INTO note VALUES (7, 'seven')");
        until(
                relay,
                s -> is(s, "notes", StreamStatus.RUNNING)
                        && s.alarms().stream().anyMatch(a -> a.contains("'items'") && a.contains("SELECT")));
        until(relay, s -> is(s, "items", StreamStatus.SNAPSHOTTING) && is(s, "notes", StreamStatus.RUNNING));
        String reason = entry(relay.status(), "items").reason();
        assertTrue(reason != null && reason.matches("(?i).*truncate.*retry-timeout.*SELECT.*"), reason);

        db.execute("GRANT SELECT ON item TO " + role);
        until(relay, s -> is(s, "items", StreamStatus.RUNNING) && s.alarms().isEmpty());
        assertTopicIsTable(relay);
        assertEquals(1, table().size());
    }

    private static boolean is(RelayStatus s, String stream, StreamStatus wanted) {
        return s.streams().stream().anyMatch(e -> e.stream().equals(stream) && e.status() == wanted);
    }

    private static StreamEntry entry(RelayStatus s, String stream) {
        return s.streams().stream()
                .filter(e -> e.stream().equals(stream))
                .findFirst()
                .orElseThrow();
    }
}
