package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.embedded.junit.MariaDbServer;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The migrations that MariaDB can run. */
abstract class MariaDbMigrationSuite extends MigrationSuite {
    @RegisterExtension
    static final MariaDbServer SERVER = new MariaDbServer();

    private final String collation;
    private Database database;

    MariaDbMigrationSuite(Dialect dialect, String collation) {
        super(dialect);
        this.collation = collation;
    }

    @BeforeEach
    void take() throws SQLException {
        database = Database.newOf(SERVER);
    }

    @Override
    Database database() {
        return database;
    }

    @Override
    void checkWhatElseItMade() throws Exception {
        assertEquals(
                "InnoDB " + collation,
                database.text("SELECT concat(engine, ' ', table_collation) FROM information_schema.tables"
                        + " WHERE table_schema = database() AND table_name = 'freshet_outbox'"));
        assertEquals(
                "what the event is about: the key of its record; null if its order does not matter",
                database.text("SELECT column_comment FROM information_schema.columns"
                        + " WHERE table_schema = database() AND column_name = 'event_key'"));
    }
}
