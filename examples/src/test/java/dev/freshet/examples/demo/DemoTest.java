package dev.freshet.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.server.ServerStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void demo_endsByItselfWithEqualCopies() throws Exception {
        StringWriter text = new StringWriter();
        DemoOptions options = new DemoOptions(Duration.ofSeconds(5), 0.002, 50, folder, 0);
        Demo demo = new Demo(options, new CountDownLatch(1));
        DemoReport report = demo.run(new PlainView(new PrintWriter(text)));
        assertTrue(report.good(), () -> text + String.join("\n", report.lines()));
        assertEquals(
                List.of("customers", "orders", "lines"),
                report.tables().stream().map(TableDifference::stream).toList());
        assertTrue(report.tables().stream().allMatch(t -> t.sourceRows() > 0 && t.copyRows() == t.sourceRows()));
        assertTrue(report.figures().transactions() > 0);
        String yaml = Files.readString(folder.resolve("freshet.yaml"));
        assertTrue(yaml.contains("password: ${SHOP_PASSWORD}"), yaml);
    }

    private static DemoFigures figures(long differences, @Nullable String failure) {
        ServerStatus status = new ServerStatus("1", Instant.EPOCH, true, List.of(), List.of(), List.of(), List.of());
        return new DemoFigures(false, 30, 30, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, differences, status, failure);
    }

    private static TableDifference table(long missing, long extra, long different) {
        return new TableDifference("orders", 10, 10, missing, extra, different, List.of());
    }

    @Test
    void anyDifferenceOrFailure_makesTheReportBad() {
        assertTrue(new DemoReport(true, List.of(table(0, 0, 0)), figures(0, null), 1, 1).good());
        assertFalse(new DemoReport(false, List.of(), figures(0, null), 1, 1).good());
        assertFalse(new DemoReport(true, List.of(table(1, 0, 0)), figures(0, null), 1, 1).good());
        assertFalse(new DemoReport(true, List.of(table(0, 1, 0)), figures(0, null), 1, 1).good());
        assertFalse(new DemoReport(true, List.of(table(0, 0, 1)), figures(0, null), 1, 1).good());
        assertFalse(new DemoReport(true, List.of(table(0, 0, 0)), figures(1, null), 1, 1).good());
        assertFalse(new DemoReport(true, List.of(table(0, 0, 0)), figures(0, "shop"), 1, 1).good());
    }

    @Test
    void liveBlock_alwaysHasAsManyLines() {
        int lines = DemoText.block(figures(0, null)).size();
        assertEquals(lines, DemoText.block(figures(5, "x")).size());
        assertTrue(DemoText.line(figures(7, null)).contains("7 differences"));
    }
}
