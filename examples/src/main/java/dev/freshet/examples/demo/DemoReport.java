package dev.freshet.examples.demo;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came out.
 *
 * @param reached whether the copies got to the shop's last commit
 * @param tables the comparisons, row by row; empty if the copies did not get there
 * @param figures the last figures
 * @param seconds how long the shop wrote
 * @param catchUpMillis how long the copies took after its last commit
 * @param kills what was killed, in a sentence; null if nothing was to be
 */
public record DemoReport(
        boolean reached,
        List<TableDifference> tables,
        DemoFigures figures,
        double seconds,
        long catchUpMillis,
        @Nullable String kills) {
    /** Copies the list. */
    public DemoReport {
        tables = List.copyOf(tables);
    }

    /** Returns whether source and copies are the same and nothing of the demonstration failed. */
    public boolean good() {
        return reached
                && figures.failure() == null
                && figures.differences() == 0
                && tables.stream().allMatch(t -> t.total() == 0);
    }

    /** Returns the report's lines. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(DemoText.format(
                "The shop did %,d transactions in %.0f s (%.0f a second).",
                figures.transactions(), seconds, figures.transactions() / Math.max(1, seconds)));
        if (kills != null) {
            lines.add(kills);
        }
        if (figures.measured() > 0) {
            lines.add(DemoText.format(
                    "From commit to copy: p50 %.1f ms, p99 %.1f ms (%d changes followed).",
                    figures.p50Millis(), figures.p99Millis(), figures.measured()));
        }
        if (figures.unseen() > 0) {
            lines.add(DemoText.format("%d more changes took longer than 30 s.", figures.unseen()));
        }
        lines.add(DemoText.format(
                "While live, %,d rows were compared: %d differences. Shipping gave %,d answers from its copies.",
                figures.checkedRows(), figures.differences(), figures.answers()));
        if (reached) {
            lines.add(DemoText.format(
                    "The copies had the shop's last commit after %d ms. Compared row by row:", catchUpMillis));
            lines.add(DemoText.format(
                    "  %-10s %12s %12s %9s %9s %9s", "", "source rows", "copy rows", "missing", "extra", "different"));
            for (TableDifference t : tables) {
                lines.add(DemoText.format(
                        "  %-10s %,12d %,12d %,9d %,9d %,9d",
                        t.stream(), t.sourceRows(), t.copyRows(), t.missing(), t.extra(), t.different()));
                t.examples().forEach(e -> lines.add("             " + e));
            }
        } else {
            lines.add("The copies did not reach the shop's last commit in time; they were not compared.");
            figures.status().problems().forEach(p -> lines.add("  " + p));
        }
        String failure = figures.failure();
        if (failure != null) {
            lines.add("A part of the demo failed: " + failure);
        }
        lines.add(good() ? "Source and copies are the same." : "Source and copies are NOT proven to be the same.");
        return lines;
    }

    static @Nullable String first(@Nullable Exception... failures) {
        for (Exception e : failures) {
            if (e != null) {
                return e.toString();
            }
        }
        return null;
    }
}
