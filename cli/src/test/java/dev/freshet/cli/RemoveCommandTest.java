package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.server.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** {@code remove} on real servers: what it shows, asks, refuses and takes away, and its exit codes. */
class RemoveCommandTest extends InShop {
    private static final String COPIED = "SELECT count(*) FROM public.orders_copy";

    RemoveCommandTest(TestDatabase shop, TestDatabase shipping) {
        super(shop, shipping);
    }

    @Override
    void prepare() throws Exception {
        shop.execute(
                "CREATE TABLE orders (o_orderkey bigint PRIMARY KEY, o_totalprice numeric(15,2))",
                "INSERT INTO orders SELECT i, i FROM generate_series(1, 100) i");
        write(List.of("orders"), "{ orders: { table: public.orders_copy } }");
    }

    private CommandLineRun remove(String... arguments) {
        return removeAnswering("", arguments);
    }

    private CommandLineRun removeAnswering(String answer, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add(0, "remove");
        return answering(answer, all.toArray(String[]::new));
    }

    private static void assertNothingToRemove(CommandLineRun run) {
        assertEquals(ExitCodes.OK, run.exitCode(), run.err());
        assertTrue(run.out().contains("nothing to remove"), run.out());
    }

    private static void assertMistake(String message, CommandLineRun run) {
        assertEquals(ExitCodes.MISTAKES, run.exitCode(), run.out());
        assertTrue(run.err().contains(message), run.err());
    }

    @Test
    void stream_isShownAskedForAndBegunAnewByARunningServer() throws Exception {
        try (Server server = startUntilReady()) {
            String since = server.status().streams().get(0).since();
            for (String answer : new String[] {"", "no\n", "ORDERS\n"}) {
                CommandLineRun asked = removeAnswering(answer, "stream", "orders");
                assertEquals(ExitCodes.FAILED, asked.exitCode(), asked.err());
                assertTrue(asked.out().contains("delete the topic '" + source + ".orders'"), asked.out());
                assertTrue(asked.out().contains("Nothing was removed."), asked.out());
                assertTrue(asked.out().lines().allMatch(l -> l.length() <= TextTable.WIDTH), asked.out());
            }
            assertEquals(since, server.status().streams().get(0).since());

            assertMistake(
                    "in a ledger of its sources (streams: orders). Nothing was removed; did you mean 'orders'?",
                    remove("stream", "oders", "--yes"));
            CommandLineRun done = removeAnswering("orders\n", "stream", "orders");
            assertEquals(ExitCodes.OK, done.exitCode(), done.err());
            assertTrue(done.out().contains("Done."), done.out());
            shop.execute("INSERT INTO orders VALUES (1000, 1000)");
            Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
                assertEquals("101", shipping.text(COPIED));
                assertTrue(server.status().ready(), () -> server.status().toString());
            });
        }
        assertEquals(ExitCodes.OK, remove("stream", "orders", "--yes").exitCode());
        assertNothingToRemove(remove("stream", "orders", "--yes"));
        assertMistake("There is no stream 'unheard-of'", remove("stream", "unheard-of", "--yes"));
        assertEquals(
                "1",
                shop.text("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()"),
                "the source stays");
        assertEquals(ExitCodes.OK, remove("source", source, "--yes").exitCode());
    }

    @Test
    void replica_leavesItsTablesUnlessToldOtherwise() throws Exception {
        try (Server server = startUntilReady()) {
            assertMistake("stop every server that has it first", remove("replica", "copies", "--yes"));
            assertTrue(server.status().ready());
        }
        CommandLineRun asked = removeAnswering("no\n", "replica", "copies");
        assertEquals(ExitCodes.FAILED, asked.exitCode(), asked.err());
        assertTrue(asked.out().contains("leave the table public.orders_copy with its rows (about 100)"), asked.out());
        assertTrue(asked.out().contains("Nothing was removed."), asked.out());
        assertEquals("1", shipping.text("SELECT count(*) FROM freshet.replica_stream"));

        assertEquals(
                ExitCodes.OK, removeAnswering("copies\n", "replica", "copies").exitCode());
        assertEquals("100", shipping.text(COPIED));
        assertEquals("0", shipping.text("SELECT count(*) FROM freshet.replica_stream"));
        assertNothingToRemove(remove("replica", "copies", "--yes"));

        shipping.execute("DROP TABLE public.orders_copy");
        startUntilReady().close();
        CommandLineRun dropped = remove("replica", "copies", "--drop-tables", "--yes");
        assertEquals(ExitCodes.OK, dropped.exitCode(), dropped.err());
        assertTrue(dropped.out().contains("drop the table public.orders_copy"), dropped.out());
        assertEquals("null", shipping.text("SELECT to_regclass('public.orders_copy')"));
        assertEquals("100", shop.text("SELECT count(*) FROM orders"));
        assertEquals(ExitCodes.OK, remove("source", source, "--yes").exitCode());
    }

    @Test
    void mistakes_endWithTwoAndServersAwayWithOne() throws IOException {
        assertMistake("The configuration has no replica 'copy' (replicas: copies)", remove("replica", "copy"));
        assertMistake("The configuration has no source 'none' (sources: " + source + ")", remove("source", "none"));
        assertMistake("--drop-tables goes with", remove("source", source, "--drop-tables"));
        assertMistake("expected one of source, stream, replica, but was 'table'", remove("table", "orders"));
        assertMistake("Missing required parameter", remove("stream"));

        Files.writeString(
                file,
                Files.readString(file)
                        .replace(shipping.jdbcUrl(), "jdbc:postgresql://127.0.0.1:9/away")
                        .replace(shop.jdbcUrl(), "jdbc:postgresql://127.0.0.1:9/away"));
        for (String[] what : new String[][] {{"replica", "copies"}, {"source", source}}) {
            CommandLineRun away = remove(what[0], what[1], "--yes");
            assertEquals(ExitCodes.FAILED, away.exitCode(), away.out() + away.err());
            assertTrue(away.err().contains("'" + what[1] + "'"), away.err());
            assertTrue(!away.err().contains(shop.password()), away.err());
        }
    }
}
