package dev.freshet.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.server.ServerStatus;
import dev.freshet.server.config.ConfigurationFile;
import dev.freshet.server.http.StatusClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("servers")
class DemoTest {
    @TempDir
    private Path folder = Path.of("");

    /** Uses what it is told, once, when the copies are complete or at once. */
    private static final class Visitor implements DemoView {
        private final List<String> said = new ArrayList<>();
        private final Consumer<Visitor> visit;
        private final boolean atOnce;
        private boolean visited;

        Visitor(boolean atOnce, Consumer<Visitor> visit) {
            this.atOnce = atOnce;
            this.visit = visit;
        }

        @Override
        public void say(String line) {
            said.add(line);
        }

        @Override
        public void progress(String line) {}

        @Override
        public void show(DemoFigures figures) {
            if (!visited && (atOnce || !figures.filling())) {
                visited = true;
                visit.accept(this);
            }
        }

        private String after(String start) {
            return said.stream()
                    .map(String::strip)
                    .filter(l -> l.startsWith(start))
                    .findFirst()
                    .map(l -> l.substring(start.length()))
                    .orElseThrow();
        }

        private void visit() {
            Path file = Path.of(after("freshet status -c "));
            try {
                assertTrue(StatusClient.ask(ConfigurationFile.readHttp(file, Map.of()))
                        .isPresent());
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
            for (String service : new String[] {"shop", "shipping"}) {
                URI psql = URI.create("postgresql://" + service + ":" + after("psql postgresql://" + service + ":"));
                String[] user = psql.getUserInfo().split(":", 2);
                String jdbc = "jdbc:postgresql://127.0.0.1:" + psql.getPort() + psql.getPath();
                connect(jdbc + "?user=" + user[0] + "&password=" + user[1]);
            }
            connect(after("(JDBC: ").replace(")", ""));
        }

        private static void connect(String url) {
            try {
                DriverManager.getConnection(url).close();
            } catch (SQLException e) {
                throw new AssertionError(url, e);
            }
        }

        @Override
        public void close() {}
    }

    /** The way without kills is that of the tests below, and of the README's first command. */
    @Test
    void demo_endsByItselfWithEqualCopies_whateverIsKilled_andIsOpenToVisitors() throws Exception {
        DemoOptions options = new DemoOptions(Duration.ofSeconds(4), 0.002, 50, folder, 0, true);
        Visitor visitor = new Visitor(false, Visitor::visit);
        DemoReport report = new Demo(options, new CountDownLatch(1)).run(visitor);
        assertTrue(report.good(), () -> visitor.said + String.join("\n", report.lines()));
        assertEquals(
                List.of("customers", "orders", "lines"),
                report.tables().stream().map(TableDifference::stream).toList());
        assertTrue(report.tables().stream().allMatch(t -> t.sourceRows() > 0 && t.copyRows() == t.sourceRows()));
        assertTrue(report.figures().transactions() > 0);
        assertTrue(visitor.visited);
        assertTrue(visitor.said.stream().anyMatch(l -> l.contains(" was killed -9; the ")), visitor.said::toString);
        assertTrue(
                String.valueOf(report.kills()).matches("[1-9] processes were killed with kill -9; .*"), report.kills());
    }

    private void assertEndsWhenKilled(String name, Callable<ProcessHandle> server) {
        DemoOptions options = new DemoOptions(null, 0.002, 50, folder, 0, false);
        Visitor visitor = new Visitor(true, v -> {
            try {
                assertTrue(server.call().destroyForcibly());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        FreshetException died =
                assertThrows(FreshetException.class, () -> new Demo(options, new CountDownLatch(1)).run(visitor));
        String told = String.valueOf(died.getMessage());
        assertTrue(told.startsWith(name + " (pid ") && told.contains("ended unasked with exit status 137"), told);
        assertTrue(told.contains("; its log: " + folder), told);
        assertEquals(1, told.lines().count(), told);
    }

    @Test
    void killedPostgres_endsTheDemoWithASentence() {
        Path lock = folder.resolve("postgresql/data/postmaster.pid");
        assertEndsWhenKilled("PostgreSQL", () -> ProcessHandle.of(
                        Long.parseLong(Files.readAllLines(lock).get(0).strip()))
                .orElseThrow());
    }

    @Test
    void mistakes_areToldBeforeAnythingStarts() throws Exception {
        assertThrows(IllegalArgumentException.class, () -> new DemoOptions(null, 0.1, 1, null, 99_999, false));
        Path file = Files.createFile(folder.resolve("file"));
        assertRefused("--data " + file + ": The folder ", file, 0);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused("--port " + taken.getLocalPort() + " cannot be listened at", folder, taken.getLocalPort());
        }
    }

    private static void assertRefused(String message, Path data, int port) {
        DemoOptions options = new DemoOptions(null, 0.002, 50, data, port, false);
        Demo demo = new Demo(options, new CountDownLatch(1));
        ConfigurationException refused = assertThrows(
                ConfigurationException.class, () -> demo.run(new PlainView(new PrintWriter(Writer.nullWriter()))));
        String told = String.valueOf(refused.getMessage());
        assertTrue(told.startsWith(message), told);
        assertEquals(1, told.lines().count(), told);
    }

    private static DemoFigures figures(long differences, @Nullable String failure) {
        ServerStatus status = new ServerStatus("1", Instant.EPOCH, true, List.of(), List.of(), List.of(), List.of());
        return new DemoFigures(false, 30, 30, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, differences, status, null, failure);
    }

    private static TableDifference table(long missing, long extra, long different) {
        return new TableDifference("orders", 10, 10, missing, extra, different, List.of());
    }

    @Test
    void anyDifferenceOrFailure_makesTheReportBad() {
        assertTrue(new DemoReport(true, List.of(table(0, 0, 0)), figures(0, null), 1, 1, null).good());
        assertFalse(new DemoReport(false, List.of(), figures(0, null), 1, 1, null).good());
        assertFalse(new DemoReport(true, List.of(table(1, 0, 0)), figures(0, null), 1, 1, null).good());
        assertFalse(new DemoReport(true, List.of(table(0, 1, 0)), figures(0, null), 1, 1, null).good());
        assertFalse(new DemoReport(true, List.of(table(0, 0, 1)), figures(0, null), 1, 1, null).good());
        assertFalse(new DemoReport(true, List.of(table(0, 0, 0)), figures(1, null), 1, 1, null).good());
        assertFalse(new DemoReport(true, List.of(table(0, 0, 0)), figures(0, "shop"), 1, 1, null).good());
    }

    @Test
    void liveBlock_alwaysHasAsManyLines() {
        int lines = DemoText.block(figures(0, null)).size();
        assertEquals(lines, DemoText.block(figures(5, "x")).size());
        assertTrue(DemoText.line(figures(7, null)).contains("7 differences"));
    }
}
