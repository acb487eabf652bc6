package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import java.time.Duration;

/** Waits for what a database shows of its sessions. */
public final class Waiting {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Waiting() {}

    /** Waits until a session waits for a lock in the database. */
    public static void forLock(TestDatabase database) throws Exception {
        until(
                database,
                "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND database ="
                        + " (SELECT oid FROM pg_database WHERE datname = current_database())");
    }

    /** Waits until no other session is left in the database. */
    public static void forLastSession(TestDatabase database) throws Exception {
        until(
                database,
                "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND backend_type = 'client backend' AND pid <> pg_backend_pid()");
    }

    private static void until(TestDatabase database, String query) throws Exception {
        long began = System.nanoTime();
        while (!database.text(query).equals("t")) {
            assertTrue(System.nanoTime() - began < LIMIT.toNanos(), () -> "it never came true: " + query);
        }
    }
}
