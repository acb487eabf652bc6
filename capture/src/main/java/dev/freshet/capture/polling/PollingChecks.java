package dev.freshet.capture.polling;

import dev.freshet.capture.CaptureProblem;
import dev.freshet.capture.TableCapture;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks whether a table can be polled. */
final class PollingChecks {
    private final PollingSettings settings;
    private final PolledDatabase database;
    private final Numbers numbers;
    private final Rows rows;

    PollingChecks(PollingSettings settings, PolledDatabase database, Numbers numbers, Rows rows) {
        this.settings = settings;
        this.database = database;
        this.numbers = numbers;
        this.rows = rows;
    }

    /**
     * Returns what stands against it.
     *
     * @param missing what the database is without
     */
    static List<CaptureProblem> problems(String source, List<TableCapture> tables, List<String> missing) {
        List<CaptureProblem> problems = new ArrayList<>();
        for (TableCapture table : tables) {
            if (!table.isOutbox()) {
                problems.add(new CaptureProblem(
                        Optional.of(table.stream()),
                        "Stream '" + table.stream() + "' is of the table '" + table.table() + "', and source '" + source
                                + "' is polled, which gives streams of events only: set events: true, or"
                                + " capture the table from a source of type postgresql"));
            }
        }
        missing.forEach(
                sentence -> problems.add(new CaptureProblem(Optional.empty(), "Source '" + source + "': " + sentence)));
        return problems;
    }

    /** Returns what the database is without. */
    List<String> missing(Connection c) throws SQLException {
        List<String> missing = new ArrayList<>();
        List<String> statements = new ArrayList<>(numbers.statements());
        statements.add(0, rows.statement());
        for (String statement : statements) {
            attempt(c, statement).ifPresent(missing::add);
        }
        if (missing.isEmpty()) {
            missing.addAll(database.problems(c));
        }
        return missing;
    }

    private Optional<String> attempt(Connection c, String sql) throws SQLException {
        try (Statement statement = c.createStatement()) {
            statement.execute(sql);
            return Optional.empty();
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (!state.startsWith("42")) {
                throw e;
            }
            return Optional.of("'" + sql + "' is refused: " + e.getMessage()
                    + ". Run the migrations of freshet-outbox for this database in '" + settings.schema()
                    + "' (PostgreSQL has a second one for polling), and GRANT the user '" + settings.user()
                    + "' SELECT on " + settings.table() + ", SELECT, INSERT, DELETE on " + settings.schema()
                    + ".freshet_outbox_number and SELECT, UPDATE on " + settings.schema() + ".freshet_outbox_relay");
        }
    }
}
