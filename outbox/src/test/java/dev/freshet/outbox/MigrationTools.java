package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
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

/** Runs migration files as they are by what services run migrations with. */
public final class MigrationTools {
    /** Held here, or its level would be forgotten. */
    private static final Logger LIQUIBASE = Logger.getLogger("liquibase");

    static {
        LIQUIBASE.setLevel(Level.WARNING);
    }

    private MigrationTools() {}

    private static FluentConfiguration flyway(Database database) {
        return Flyway.configure().dataSource(database.url(), database.user(), database.password());
    }

    /** Runs the migrations of folders, one each, by Flyway, twice, with a history of their own, between the service's own. */
    public static void runByFlywayBesideTheServicesOwn(Database database, List<String> folders, String history) {
        assertEquals(
                1, flyway(database).locations("classpath:application").load().migrate().migrationsExecuted);
        for (int expected : List.of(folders.size(), 0)) {
            int executed = flyway(database)
                    .locations(folders.stream().map(f -> "classpath:" + f).toArray(String[]::new))
                    .table(history)
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load()
                    .migrate()
                    .migrationsExecuted;
            assertEquals(expected, executed);
        }
        assertEquals(
                0, flyway(database).locations("classpath:application").load().migrate().migrationsExecuted);
    }

    /** Runs change logs by Liquibase, twice. */
    public static void runByLiquibaseTwice(Database database, List<String> changeLogs) throws Exception {
        for (String changeLog : changeLogs) {
            liquibase(database, changeLog);
        }
        String count = "SELECT count(*) FROM DATABASECHANGELOG";
        String changes = database.text(count);
        for (String changeLog : changeLogs) {
            liquibase(database, changeLog);
        }
        assertEquals(changes, database.text(count));
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
}
