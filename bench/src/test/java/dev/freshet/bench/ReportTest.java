package dev.freshet.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Measurement WHOLE = new Measurement(
            "relay: one-row backlog, cold", "rows/s", 45_000.0, 50_000.0, "raw read", Map.of("Debezium", 27_000.0));

    @Test
    void json_isOneObjectALineWithRatiosOfOursToTheOthers() {
        assertEquals("""
                {"name":"relay: one-row backlog, cold","unit":"rows/s","ours":45000,"limit":50000,\
                "limitIs":"raw read","peers":{"Debezium":27000},"ratioToLimit":0.9000,\
                "ratioToPeers":{"Debezium":1.667}}
                """, printed(true, WHOLE));
    }

    @Test
    void json_saysNullForWhatWasNotMeasured() {
        assertEquals("""
                {"name":"x","unit":"ms","ours":null,"limit":null,"limitIs":"","peers":{"P":1.5},\
                "ratioToLimit":null,"ratioToPeers":{"P":null}}
                """, printed(true, new Measurement("x", "ms", null, null, "", Map.of("P", 1.5))));
    }

    @Test
    void table_hasTheLimitAndThePeersBelowOurs() {
        List<String> lines = printed(false, WHOLE).lines().toList();
        assertEquals(4, lines.size());
        assertTrue(lines.get(1).matches("relay: one-row backlog, cold +45,000 rows/s"), lines.get(1));
        assertTrue(lines.get(2).matches("  limit: raw read +50,000 rows/s +0\\.90x"), lines.get(2));
        assertTrue(lines.get(3).matches("  Debezium +27,000 rows/s +1\\.67x"), lines.get(3));
    }

    @Test
    void table_isNeverWiderThanItsWidth() {
        Measurement wide = new Measurement("n".repeat(200), "rows/s", 1e9, 1e9, "l".repeat(200), Map.of());
        printed(false, wide).lines().forEach(line -> assertTrue(line.length() <= Report.WIDTH, line));
    }

    private static String printed(boolean json, Measurement measurement) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new Report(new PrintStream(bytes, true, StandardCharsets.UTF_8), json).add(measurement);
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
