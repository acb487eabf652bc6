package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.model.event.EventIds;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.analytics.configuration.AnalyticsArgs;
import liquibase.command.CommandScope;
import liquibase.command.core.UpdateCommandStep;
import liquibase.command.core.helpers.DbUrlConnectionArgumentsCommandStep;
import liquibase.command.core.helpers.ShowSummaryArgument;
import liquibase.ui.LoggerUIService;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;

/** The migration file as it is, run by what services run migrations with: one subclass for each database. */
abstract class MigrationSuite {
    /** Long past, so that whatever clears the table by time finds it old. */
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

    /** Held here, or its level would be forgotten. */
    private static final Logger LIQUIBASE = Logger.getLogger("liquibase");

    static {
        LIQUIBASE.setLevel(Level.WARNING);
    }

    private final Dialect dialect;

    MigrationSuite(Dialect dialect) {
        this.dialect = dialect;
    }

    /** The test's own database, empty. */
    abstract Database database();

    /** Checks what else the migration makes; the table holds one event of the year's beginning. */
    abstract void checkWhatElseItMade() throws Exception;

    private FluentConfiguration flyway() {
        return Flyway.configure()
                .dataSource(database().url(), database().user(), database().password());
    }

    private static void liquibase(Database database, String changeLog) throws Exception {
        Map<String, Object> quiet =
                Map.of(Scope.Attr.ui.name(), new LoggerUIService(), AnalyticsArgs.ENABLED.getKey(), false);
        Scope.child(quiet, () -> new CommandScope(UpdateCommandStep.COMMAND_NAME)
                .addArgumentValue(DbUrlConnectionArgumentsCommandStep.URL_ARG, database.url())
                .addArgumentValue(DbUrlConnectionArgumentsCommandStep.USERNAME_ARG, database.user())
                .addArgumentValue(DbUrlConnectionArgumentsCommandStep.PASSWORD_ARG, database.password())
                .addArgumentValue(UpdateCommandStep.CHANGELOG_FILE_ARG, changeLog)
                .addArgumentValue(ShowSummaryArgument.SHOW_SUMMARY, UpdateSummaryEnum.OFF)
                .execute());
    }

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
        assertEquals(1, flyway().locations("classpath:application").load().migrate().migrationsExecuted);
        int files = dialect.pollingMigration().isPresent() ? 2 : 1;
        for (int expected : List.of(files, 0)) {
            int executed = flyway().locations(Stream.concat(
                                    Stream.of(dialect.migrationFolder()), dialect.pollingMigrationFolder().stream())
                            .map(f -> "classpath:" + f)
                            .toArray(String[]::new))
                    .table("freshet_outbox_history")
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load()
                    .migrate()
                    .migrationsExecuted;
            assertEquals(expected, executed);
        }
        assertEquals(0, flyway().locations("classpath:application").load().migrate().migrationsExecuted);
        publishOne();
        checkWhatElseItMade();
    }

    private void runAll() throws Exception {
        liquibase(database(), dialect.migration());
        if (dialect.pollingMigration().isPresent()) {
            liquibase(database(), dialect.pollingMigration().get());
        }
    }

    @Test
    void liquibase_runsItOnce() throws Exception {
        String count = "SELECT count(*) FROM DATABASECHANGELOG";
        runAll();
        String changes = database().text(count);
        runAll();
        assertEquals(changes, database().text(count));
        publishOne();
        checkWhatElseItMade();
    }
}
