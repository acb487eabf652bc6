package dev.freshet.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.examples.shop.PublishWay;
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

    private static DemoOptions options(
            @Nullable Duration runFor, @Nullable Path data, int port, boolean kill, PublishWay way) {
        return new DemoOptions(runFor, 0.002, 50, data, port, kill, way);
    }

    /** The way without kills is that of the tests below, and of the README's first command. */
    @Test
    void demo_endsByItselfWithEqualCopiesAndAllEvents_whateverIsKilled_andIsOpenToVisitors_andGoesOn()
            throws Exception {
        DemoOptions options = options(Duration.ofSeconds(4), folder, 0, true, PublishWay.OUTBOX);
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
        EventDifference first = report.events();
        assertTrue(first.published() > 0 && first.published() == first.arrived(), first::toString);

        // in the same folder by another way: the rows of the first run's table come again, to another topic
        DemoReport again = new Demo(
                        options(Duration.ofSeconds(1), folder, 0, false, PublishWay.POLLING), new CountDownLatch(1))
                .run(new Visitor(false, v -> {}));
        assertTrue(again.good(), () -> String.join("\n", again.lines()));
        EventDifference second = again.events();
        assertTrue(second.published() > 0 && second.published() == second.arrived(), second::toString);
        assertEquals(0, second.earlier());
    }

    private void assertEndsWhenKilled(String name, Callable<ProcessHandle> server) {
        DemoOptions options = options(null, folder, 0, false, PublishWay.OUTBOX);
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
        assertThrows(IllegalArgumentException.class, () -> options(null, null, 99_999, false, PublishWay.OUTBOX));
        Path file = Files.createFile(folder.resolve("file"));
        assertRefused("--data " + file + ": The folder ", file, 0);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused("--port " + taken.getLocalPort() + " cannot be listened at", folder, taken.getLocalPort());
        }
    }

    private static void assertRefused(String message, Path data, int port) {
        DemoOptions options = options(null, data, port, false, PublishWay.OUTBOX);
        Demo demo = new Demo(options, new CountDownLatch(1));
        ConfigurationException refused = assertThrows(
                ConfigurationException.class, () -> demo.run(new PlainView(new PrintWriter(Writer.nullWriter()))));
        String told = String.valueOf(refused.getMessage());
        assertTrue(told.startsWith(message), told);
        assertEquals(1, told.lines().count(), told);
    }

    private static DemoFigures figures(PublishWay way, long differences, @Nullable String failure) {
        ServerStatus status = new ServerStatus("1", Instant.EPOCH, true, List.of(), List.of(), List.of(), List.of());
        EventFigures events = new EventFigures(way, 10, 10, failure == null ? Double.NaN : 1, 1);
        return new DemoFigures(false, 30, 30, 1, 1, 1, 1, 1, 1, 1, 0, events, 1, 1, differences, status, null, failure);
    }

    private static DemoFigures figures(long differences, @Nullable String failure) {
        return figures(PublishWay.OUTBOX, differences, failure);
    }

    private static TableDifference table(long missing, long extra, long different) {
        return new TableDifference("orders", 10, 10, missing, extra, different, List.of());
    }

    private static EventDifference events(long lost, long doubled, long disordered, long uncommitted) {
        return new EventDifference(
                10, 10 - lost, lost, doubled, disordered, uncommitted, 2, 3, List.of("event 1 of order 2: lost"));
    }

    private static boolean good(boolean reached, TableDifference table, long differences, @Nullable String failure) {
        return new DemoReport(reached, List.of(table), events(0, 0, 0, 0), figures(differences, failure), 1, 1, null)
                .good();
    }

    @Test
    void anyDifferenceOrFailure_makesTheReportBad() {
        assertTrue(good(true, table(0, 0, 0), 0, null));
        assertFalse(good(false, table(0, 0, 0), 0, null));
        assertFalse(good(true, table(1, 0, 0), 0, null));
        assertFalse(good(true, table(0, 1, 0), 0, null));
        assertFalse(good(true, table(0, 0, 1), 0, null));
        assertFalse(good(true, table(0, 0, 0), 1, null));
        assertFalse(good(true, table(0, 0, 0), 0, "shop"));
    }

    private static DemoReport report(PublishWay way, EventDifference events) {
        return new DemoReport(true, List.of(table(0, 0, 0)), events, figures(way, 0, null), 1, 1, null);
    }

    @Test
    void anyEventThatIsNotAsPromised_makesTheReportBad_andIsNamed() {
        for (PublishWay way : PublishWay.values()) {
            assertFalse(report(way, events(1, 0, 0, 0)).good());
            assertFalse(report(way, events(0, 0, 1, 0)).good());
            assertFalse(report(way, events(0, 0, 0, 1)).good());
            assertEquals(
                    way == PublishWay.DIRECT, report(way, events(0, 1, 0, 0)).good(), way.toString());
        }
        String told =
                String.join("\n", report(PublishWay.DIRECT, events(1, 1, 0, 0)).lines());
        assertTrue(told.contains("published by 'direct'"), told);
        assertTrue(told.contains("event 1 of order 2: lost"), told);
        assertTrue(told.contains("at least once"), told);
        assertTrue(told.contains("3 events of earlier runs"), told);
        assertTrue(told.contains("2 more came that the shop did not publish"), told);
    }

    @Test
    void liveBlock_alwaysHasAsManyLines() {
        int lines = DemoText.block(figures(0, null)).size();
        assertEquals(lines, DemoText.block(figures(5, "x")).size());
        String line = DemoText.line(figures(7, null));
        assertTrue(line.contains("7 differences"), line);
        assertTrue(line.contains("events 10 published, 10 arrived (outbox)"), line);
    }
}
