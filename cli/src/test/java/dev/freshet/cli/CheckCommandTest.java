package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
    private static final String GOOD = """
            kafka: { bootstrap-servers: "localhost:9092" }
            sources: { shop: { url: "jdbc:postgresql://localhost/shop", user: freshet, password: not-to-be-seen } }
            streams: { orders: { source: shop, table: public.orders, partitions: 4 } }
            replicas:
              shipping:
                streams: { orders: { table: public.order_copy, columns: { o_orderkey: id } } }
                url: jdbc:postgresql://localhost/shipping
                user: shipping
            """;

    @TempDir
    private Path folder = Path.of("");

    private CommandLineRun check(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("freshet.yaml"), yaml);
        return CommandLineRun.of("check", "--offline", "-c", file.toString());
    }

    @Test
    void goodFile_endsWithZeroAndShowsDerivedNames() throws IOException {
        CommandLineRun run = check(GOOD);
        assertEquals(ExitCodes.OK, run.exitCode(), run.err());
        for (String name : new String[] {
            "freshet_shop",
            "shop.freshet-ledger",
            "shop.orders",
            "freshet.shipping",
            "public.order_copy",
            "shop: public.orders"
        }) {
            assertTrue(run.out().contains(name), name + " is missing in\n" + run.out());
        }
        assertTrue(!run.out().contains("not-to-be-seen"), run.out());
        assertTrue(run.out().lines().allMatch(l -> l.length() <= TextTable.WIDTH), run.out());
    }

    @Test
    void longNames_areShownWholeWithinAHundredColumns() throws IOException {
        String source = "s" + "ource".repeat(9);
        String stream = "o" + "rders".repeat(9);
        CommandLineRun run = check(GOOD.replace("orders: {", stream + ": {").replace("shop", source));
        assertEquals(ExitCodes.OK, run.exitCode(), run.err());
        assertTrue(run.out().lines().allMatch(l -> l.length() <= TextTable.WIDTH), run.out());
        assertTrue(!run.out().contains("…"), run.out());
        String slot = "freshet_" + source;
        assertTrue(
                run.out().lines().anyMatch(l -> l.strip().split(" ", 2)[0].equals(slot.substring(slot.length() - 8))),
                "the slot's name goes on below: " + run.out());
    }

    @Test
    void mistakes_endWithTwoAndAreAllListed() throws IOException {
        CommandLineRun run =
                check(GOOD.replace("partitions: 4", "partitons: 4").replace("user: shipping", "usr: shipping"));
        assertEquals(ExitCodes.MISTAKES, run.exitCode());
        assertTrue(run.err().contains("streams.orders.partitons: unknown key; did you mean 'partitions'?"), run.err());
        assertTrue(run.err().contains("replicas.shipping.user: is missing"), run.err());
    }

    @Test
    void missingFile_endsWithTwo() {
        CommandLineRun run =
                CommandLineRun.of("check", "-c", folder.resolve("none.yaml").toString());
        assertEquals(ExitCodes.MISTAKES, run.exitCode());
        assertTrue(run.err().contains("there is no such file"), run.err());
    }

    @Test
    void folder_isCalledSo() {
        CommandLineRun run = CommandLineRun.of("check", "-c", folder.toString());
        assertEquals(ExitCodes.MISTAKES, run.exitCode());
        assertTrue(run.err().contains("is a folder; give the path of the file"), run.err());
    }

    @Test
    void fileWithoutItsOption_isHintedAt() {
        for (String command : new String[] {"check", "run", "status"}) {
            CommandLineRun run = CommandLineRun.of(command, "my.yaml");
            assertEquals(ExitCodes.MISTAKES, run.exitCode());
            assertTrue(run.err().contains("did you mean 'freshet " + command + " -c my.yaml'?"), run.err());
        }
    }
}
