package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.server.Server;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** {@code resnapshot} on real servers: what it shows, asks, refuses and does, and its exit codes. */
class ResnapshotCommandTest extends InShop {
    ResnapshotCommandTest(TestDatabase shop, TestDatabase shipping) {
        super(shop, shipping);
    }

    @Override
    void prepare() throws Exception {
        shop.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, price numeric)",
                "INSERT INTO orders SELECT i, i FROM generate_series(1, 100) i");
        write(List.of("orders"), "{ orders: {} }");
    }

    private void assertMistake(String message, String... arguments) {
        CommandLineRun run = freshet(arguments);
        assertEquals(ExitCodes.MISTAKES, run.exitCode(), run.out());
        assertTrue(run.err().contains(message), run.err());
    }

    @Test
    void stream_isShownAskedForAndReadAnewByARunningServer() throws Exception {
        assertMistake("Name either a STREAM or a source", "resnapshot");
        assertMistake("exclude each other", "resnapshot", "orders", "--pause", "--resume");
        assertMistake("did you mean 'orders'?", "resnapshot", "oders");
        try (Server server = startUntilReady()) {
            String since = server.status().streams().get(0).since();
            CommandLineRun asked = answering("no\n", "resnapshot", "orders");
            assertEquals(ExitCodes.FAILED, asked.exitCode(), asked.err());
            assertTrue(asked.out().contains("Nothing was changed."), asked.out());
            assertMistake("no snapshot of it is under way", "resnapshot", "orders", "--pause");
            CommandLineRun done = answering("orders\n", "resnapshot", "orders");
            assertEquals(ExitCodes.OK, done.exitCode(), done.err());
            Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
                assertTrue(server.status().ready(), () -> server.status().toString());
                assertTrue(!since.equals(server.status().streams().get(0).since()));
            });
            assertEquals("100", shipping.text("SELECT count(*) FROM orders"));
        }
    }
}
