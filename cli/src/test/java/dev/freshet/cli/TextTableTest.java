package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
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
    void longCells_goOnBelowSoThatEveryLineFitsAndNothingIsLost() {
        List<String> lines = new TextTable("a", "b", "c")
                .row("x".repeat(90), "y".repeat(80), "z")
                .row("1", "2", "3")
                .lines();
        assertTrue(lines.stream().allMatch(l -> l.length() <= TextTable.WIDTH), lines.toString());
        String all = String.join("\n", lines);
        assertEquals(90, all.chars().filter(c -> c == 'x').count());
        assertEquals(80, all.chars().filter(c -> c == 'y').count());
        assertTrue(lines.get(1).endsWith("z"), all);
        assertTrue(lines.get(lines.size() - 1).matches("  1 +2 +3"), all);
    }

    @Test
    void rows_areOneLineEachWhereNoTerminalIs() {
        String key = "k".repeat(200);
        List<String> lines =
                new TextTable("key", "type").row(key, "two\nlines\u001b[2J").linesForOutput();
        assertEquals(List.of("  " + key + "  two lines [2J"), lines.subList(1, lines.size()));
    }

    @Test
    void longCells_breakBehindAWord() {
        String words = "word ".repeat(30).strip();
        List<String> lines = new TextTable("a", "b").row("x", words).lines();
        assertTrue(lines.size() > 2, lines.toString());
        assertEquals(words, lines.stream().skip(1).map(l -> l.substring(5)).collect(Collectors.joining(" ")));
    }

    @Test
    void manyLongColumns_fitAsWell() {
        String[] cells = new String[8];
        Arrays.fill(cells, "long".repeat(60));
        List<String> lines = new TextTable(cells).row(cells).lines();
        assertTrue(lines.stream().allMatch(l -> l.length() <= TextTable.WIDTH), lines.toString());
    }
}
