package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import org.junit.jupiter.api.BeforeEach;

@OnServers
class PostgresMigrationTest extends MigrationSuite {
    private Database database;

    PostgresMigrationTest() {
        super(Dialect.POSTGRESQL);
    }

    @BeforeEach
    void take(TestDatabase own) {
        database = Database.of(own);
    }

    @Override
    Database database() {
        return database;
    }

    @Override
    void checkWhatElseItMade() throws Exception {
        String partitions = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'freshet_outbox'::regclass";
        assertEquals("1", database.text(partitions));
        assertEquals("0", database.text("SELECT freshet_outbox_roll(pg_current_snapshot(), '0', '10 minutes', 2)"));
        assertEquals("4", database.text(partitions), "the rest, and the next three times ten minutes");
        assertEquals("0", database.text("SELECT count(*) FROM freshet_outbox"), "what is old and sent is deleted");
        assertEquals(
                "f",
                database.text("SELECT has_function_privilege('pg_monitor', oid, 'EXECUTE') FROM pg_proc"
                        + " WHERE proname = 'freshet_outbox_roll'"),
                "nobody but the owner may call it");
    }
}
