package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void columns_areAlignedUnderTheirHeads() {
        assertEquals(
                List.of("  NAME  TOPIC", "  a     shop.a", "  bbbb  x"),
                new TextTable("name", "topic")
                        .row("a", "shop.a")
                        .row("bbbb", "x")
                        .lines());
    }

    @Test
    void longCells_areCutSoThatEveryLineFits() {
        List<String> lines = new TextTable("a", "b", "c")
                .row("x".repeat(90), "y".repeat(80), "z")
                .lines();
        assertTrue(lines.stream().allMatch(l -> l.length() <= TextTable.WIDTH));
        assertTrue(lines.get(1).contains("…") && lines.get(1).endsWith("z"));
    }
}
