package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.model.event.EventIds;
import java.sql.Connection;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The migration file as it is, run by what services run migrations with: one subclass for each database. */
abstract class MigrationSuite {
    /** Long past, so that whatever clears the table by time finds it old. */
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

    private final Dialect dialect;

    MigrationSuite(Dialect dialect) {
        this.dialect = dialect;
    }

    /** The test's own database, empty. */
    abstract Database database();

    /** Checks what else the migration makes; the table holds one event of the year's beginning. */
    abstract void checkWhatElseItMade() throws Exception;

    private void publishOne() throws Exception {
        try (Connection connection = database().transaction()) {
            SqlOutbox.table(dialect)
                    .build()
                    .publish(
                            connection,
                            Event.builder("orders", "order-placed")
                                    .id(EventIds.of(TIME, "order 1"))
                                    .key("1")
                                    .payload(1)
                                    .build());
            connection.commit();
        }
        assertEquals("1", database().text("SELECT max(event_key) FROM freshet_outbox"));
        assertEquals("1", database().text("SELECT begins FROM freshet_outbox_relay"));
        assertEquals("0", database().text("SELECT count(*) FROM freshet_outbox_number"));
    }

    @Test
    void flyway_runsItBesideTheServicesOwnMigrations() throws Exception {
        MigrationTools.runByFlywayBesideTheServicesOwn(
                database(),
                Stream.concat(Stream.of(dialect.migrationFolder()), dialect.pollingMigrationFolder().stream())
                        .toList(),
                "freshet_outbox_history");
        publishOne();
        checkWhatElseItMade();
    }

    @Test
    void liquibase_runsItOnce() throws Exception {
        MigrationTools.runByLiquibaseTwice(
                database(),
                Stream.concat(Stream.of(dialect.migration()), dialect.pollingMigration().stream())
                        .toList());
        publishOne();
        checkWhatElseItMade();
    }
}
