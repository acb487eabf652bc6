package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.server.Server;
import java.io.IOException;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a user is told of a broken stream, on real servers: what happened and the command that repairs it, once. */
class BrokenStreamTest extends InShop {
    private static final String WHY = "the replica identity of table public.orders does not hold the key's columns";
    private static final String REPAIR = "run 'freshet resnapshot orders' to begin it anew";

    BrokenStreamTest(TestDatabase shop, TestDatabase shipping) {
        super(shop, shipping);
    }

    @Override
    void prepare() throws Exception {
        shop.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, price numeric)",
                "CREATE TABLE notes (id bigint PRIMARY KEY, text text)",
                "INSERT INTO orders SELECT i, i FROM generate_series(1, 100) i");
        writeBoth();
    }

    private void writeBoth() throws IOException {
        write(List.of("orders", "notes"), "{ orders: {}, notes: {} }");
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }

    private static int count(String text, String part) {
        return (text.length() - text.replace(part, "").length()) / part.length();
    }

    @Test
    void brokenStream_isToldOnceWithTheCommandThatRepairsIt() throws Exception {
        try (Server server = startUntilReady()) {
            shop.execute("ALTER TABLE orders REPLICA IDENTITY NOTHING");
            Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
                CommandLineRun status = freshet("status");
                assertEquals(ExitCodes.FAILED, status.exitCode(), status.err());
                String told = oneLine(status.out());
                assertTrue(
                        told.contains("Replica 'copies' is running and not complete: stream 'orders' is broken"), told);
                assertEquals(1, count(told, WHY), told);
                assertEquals(1, count(told, REPAIR), told);
                String reason = shipping.text("SELECT reason FROM freshet.freshness");
                assertTrue(reason.contains(WHY) && reason.contains(REPAIR), reason);
                assertEquals(1, count(reason, "anew"), reason);
            });
            shop.execute("ALTER TABLE orders REPLICA IDENTITY DEFAULT", "DELETE FROM orders WHERE id > 1");
            CommandLineRun check = freshet("check");
            assertEquals(ExitCodes.OK, check.exitCode(), check.err());
            assertTrue(oneLine(check.out()).contains(REPAIR), check.out());
            CommandLineRun repaired = freshet("resnapshot", "orders", "--yes");
            assertEquals(ExitCodes.OK, repaired.exitCode(), repaired.err());
            untilReady(server);
            Awaitility.await()
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertEquals("1", shipping.text("SELECT count(*) FROM orders")));
        }
    }

    @Test
    void streamThatLeftTheFile_isToldWithTheNextStep() throws Exception {
        startUntilReady().close();
        write(List.of("orders"), "{ orders: {} }");
        try (Server server = start()) {
            untilReady(server);
            String next =
                    "it is no longer in the configuration; run 'freshet remove stream notes' to take its topic away,"
                            + " or put the stream back to have its rows read anew";
            Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
                String told = oneLine(freshet("status").out());
                assertEquals(1, count(told, next), told);
            });
            assertEquals(1, count(oneLine(freshet("check").out()), next));
        }
        writeBoth();
        try (Server server = start()) {
            untilReady(server);
        }
    }
}
