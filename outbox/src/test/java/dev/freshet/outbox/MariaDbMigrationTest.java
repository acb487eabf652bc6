package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class MariaDbMigrationTest extends MigrationSuite {
    @RegisterExtension
    static final MariaDbServer SERVER = new MariaDbServer();

    private Database database;

    MariaDbMigrationTest() {
        super(Dialect.MARIADB);
    }

    @BeforeEach
    void take() throws SQLException {
        database = SERVER.newDatabase();
    }

    @Override
    Database database() {
        return database;
    }

    @Override
    void checkWhatElseItMade() throws Exception {
        assertEquals(
                "InnoDB utf8mb4_nopad_bin",
                database.text("SELECT concat(engine, ' ', table_collation) FROM information_schema.tables"
                        + " WHERE table_schema = database() AND table_name = 'freshet_outbox'"));
        assertEquals(
                "what the event is about: the key of its record; null if its order does not matter",
                database.text("SELECT column_comment FROM information_schema.columns"
                        + " WHERE table_schema = database() AND column_name = 'event_key'"));
    }
}
