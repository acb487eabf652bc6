package dev.freshet.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A table of text. Where it is to fit a width, the widest columns are narrowed first, and what does not fit goes on a line below. */
final class TextTable {
    /** The width that tables fit. */
    static final int WIDTH = 100;

    /** Set by the script where the output is a terminal, which Java cannot tell of the output alone. */
    private static final String TERMINAL = "freshet.terminal";

    private static final String GAP = "  ";
    private static final int INDENT = 2;
    private static final int LEAST = 6;

    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String... heads) {
        rows.add(Arrays.stream(heads).map(h -> h.toUpperCase(Locale.ROOT)).toList());
    }

    TextTable row(String... cells) {
        if (cells.length != rows.get(0).size()) {
            throw new IllegalArgumentException("A row of " + rows.get(0).size() + " cells got " + cells.length);
        }
        // a cell is a text of one line, and not for the terminal to obey
        rows.add(Arrays.stream(cells).map(c -> c.replaceAll("\\p{Cntrl}", " ")).toList());
        return this;
    }

    boolean isEmpty() {
        return rows.size() == 1;
    }

    /** Returns the table's lines, none longer than the width. */
    List<String> lines() {
        return lines(WIDTH);
    }

    /** Returns the table's lines, which fit the width on a terminal; elsewhere, for other programs, each row is one line. */
    List<String> linesForOutput() {
        return lines(Boolean.getBoolean(TERMINAL) ? WIDTH : Integer.MAX_VALUE);
    }

    private List<String> lines(int width) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        shrink(widths, width - INDENT - GAP.length() * (columns - 1));
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            List<List<String>> cells = new ArrayList<>();
            for (int i = 0; i < columns; i++) {
                cells.add(parts(row.get(i), widths[i]));
            }
            int height = cells.stream().mapToInt(List::size).max().orElse(0);
            for (int part = 0; part < height; part++) {
                StringBuilder line = new StringBuilder(" ".repeat(INDENT));
                for (int i = 0; i < columns; i++) {
                    List<String> parts = cells.get(i);
                    String cell = part < parts.size() ? parts.get(part) : "";
                    line.append(cell)
                            .append(" ".repeat(widths[i] - cell.length()))
                            .append(GAP);
                }
                lines.add(line.toString().stripTrailing());
            }
        }
        return lines;
    }

    private static void shrink(int[] widths, int available) {
        while (Arrays.stream(widths).sum() > available) {
            int widest = 0;
            for (int i = 1; i < widths.length; i++) {
                if (widths[i] > widths[widest]) {
                    widest = i;
                }
            }
            if (widths[widest] <= LEAST) {
                return;
            }
            widths[widest]--;
        }
    }

    /** Breaks a cell into what fits a line: behind a word, or amidst one that is longer than a line. */
    private static List<String> parts(String cell, int width) {
        List<String> parts = new ArrayList<>();
        String rest = cell.strip();
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            int end = space > 0 ? space : width;
            parts.add(rest.substring(0, end));
            rest = rest.substring(end).stripLeading();
        }
        parts.add(rest);
        return parts;
    }
}
