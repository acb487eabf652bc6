package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.server.ServerStatus;
import dev.freshet.server.ServerStatus.ReplicaStatus;
import dev.freshet.server.ServerStatus.Snapshot;
import dev.freshet.server.ServerStatus.SourceStatus;
import dev.freshet.server.ServerStatus.StreamStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusTextTest {
    private static final String POSITION = "0001.00000000027eccf0.0000000000.00000000";

    private static String text(String name, Snapshot snapshot, List<String> problems) {
        StringWriter out = new StringWriter();
        StatusText.print(
                new ServerStatus(
                        "1",
                        Instant.EPOCH,
                        problems.isEmpty(),
                        problems,
                        List.of(new SourceStatus(
                                name, "retrying", null, POSITION, null, 1L << 50, -1, Long.MAX_VALUE, 0, List.of())),
                        List.of(new StreamStatus(name, name + "." + name, "snapshotting", null, POSITION, snapshot)),
                        List.of(new ReplicaStatus(
                                name,
                                "running",
                                null,
                                POSITION,
                                null,
                                123_456_789,
                                1_000_000_000,
                                false,
                                false,
                                0,
                                0,
                                "per-transaction",
                                "4711@machine/1"))),
                new PrintWriter(out, true));
        return out.toString();
    }

    @Test
    void longNamesAndNumbers_fitAHundredColumns() {
        String text = text(
                "n" + "ame-".repeat(12),
                new Snapshot("running", 1_000_000_000, 2_000_000_000, 1000, "rows", -1, false),
                List.of("Source 'x' is retrying: " + "a word and another, ".repeat(20)));
        assertTrue(text.lines().allMatch(l -> l.length() <= TextTable.WIDTH), text);
        assertTrue(text.contains("What does not work, or not yet:"), text);
    }

    @Test
    void runningSnapshot_tellsRowsRateAndTimeLeft() {
        String text = text("orders", new Snapshot("running", 1000, 61_000, 1000, "rows", -1, false), List.of());
        assertTrue(text.contains("running: 1000 rows of about 61000, 1000/s, 1 m 0 s left"), text);
        assertTrue(text.contains("All that is configured works."), text);
    }

    @Test
    void readingAnew_tellsPauseAndVanishedKeys() {
        String paused = text("orders", new Snapshot("running", 1000, 61_000, 0, "rows", -1, true), List.of());
        assertTrue(paused.contains("paused: 1000 rows of about 61000"), paused);
        String keys = text("orders", new Snapshot("running", 61_000, 61_000, 0, "vanished keys", 40, false), List.of());
        assertTrue(keys.contains("running: 61000 rows, vanished keys 40 %"), keys);
    }

    @Test
    void severalProblemsOfOneThing_keepTheirLines() {
        assertEquals(
                List.of("  - Source 'shop' is failed: a", "    Stream 'x': b", "    Stream 'y': c"),
                StatusText.wrap("- Source 'shop' is failed: a\nStream 'x': b\n  Stream 'y': c\n"));
        List<String> long1 = StatusText.wrap("- " + "word ".repeat(30) + "\nsecond");
        assertEquals(List.of("      word", "    second"), List.of(long1.get(1).substring(0, 10), long1.get(2)));
    }

    @Test
    void snapshotOfAStreamFromElsewhere_isADash() {
        StringWriter out = new StringWriter();
        StatusText.print(
                new ServerStatus(
                        "1",
                        Instant.EPOCH,
                        true,
                        List.of(),
                        List.of(),
                        List.of(new StreamStatus(
                                "x", "shop.x", "elsewhere", null, null, new Snapshot("unknown", -1, -1))),
                        List.of()),
                new PrintWriter(out, true));
        assertTrue(out.toString().matches("(?s).*elsewhere +-\n.*"), out.toString());
    }

    @Test
    void snapshotOfAStreamOfEvents_isADash_exceptWhileEventsOfBeforeAreSent() {
        String none = text("orders", Snapshot.none(), List.of());
        assertTrue(none.matches("(?s).*snapshotting +-\n.*"), none);
        String before = text("orders", new Snapshot("running", 20, -1, 0, "events", -1, false), List.of());
        assertTrue(before.contains("running: 20 events of before\n"), before);
    }

    @Test
    void unknownFigures_areCalledSo() {
        assertEquals("unknown", StatusText.size(-1));
        assertEquals("unknown", StatusText.count(-1));
        assertEquals("unknown", StatusText.duration(-1));
        assertEquals("34 h 17 m", StatusText.duration(123_456_789));
    }
}
