package dev.freshet.examples.demo;

import dev.freshet.examples.shop.OrderEvents;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came out.
 *
 * @param reached whether the copies got to the shop's last commit
 * @param tables the comparisons, row by row; empty if the copies did not get there
 * @param events the comparison of the events
 * @param figures the last figures
 * @param seconds how long the shop wrote
 * @param catchUpMillis how long the copies took after its last commit
 * @param kills what was killed, in a sentence; null if nothing was to be
 */
public record DemoReport(
        boolean reached,
        List<TableDifference> tables,
        EventDifference events,
        DemoFigures figures,
        double seconds,
        long catchUpMillis,
        @Nullable String kills) {
    /** Copies the list. */
    public DemoReport {
        tables = List.copyOf(tables);
    }

    /** Returns whether source and copies are the same, the events are there as their way promises, and nothing of the demonstration failed. */
    public boolean good() {
        return reached
                && figures.failure() == null
                && figures.differences() == 0
                && tables.stream().allMatch(t -> t.total() == 0)
                && eventsGood();
    }

    private boolean eventsGood() {
        return events.good(figures.events().way().isRelayed());
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
        addEvents(lines);
        String failure = figures.failure();
        if (failure != null) {
            lines.add("A part of the demo failed: " + failure);
        }
        lines.add(
                good()
                        ? "Source and copies are the same, and every event has come."
                        : "It is NOT proven that source and copies are the same and every event has come.");
        return lines;
    }

    private void addEvents(List<String> lines) {
        EventFigures shown = figures.events();
        lines.add(DemoText.format(
                "Events, published by '%s', the shop's journal against what shipping has%s:",
                shown.way(),
                Double.isNaN(shown.p50Millis())
                        ? ""
                        : DemoText.format(
                                " (commit to shipping: p50 %.1f ms, p99 %.1f ms)",
                                shown.p50Millis(), shown.p99Millis())));
        lines.add(DemoText.format(
                "  %-10s %12s %12s %9s %9s %12s %12s",
                "", "committed", "arrived", "lost", "doubled", "out of order", "uncommitted"));
        lines.add(DemoText.format(
                "  %-10s %,12d %,12d %,9d %,9d %,12d %,12d",
                OrderEvents.STREAM,
                events.published(),
                events.arrived(),
                events.lost(),
                events.doubled(),
                events.disordered(),
                events.uncommitted()));
        events.examples().forEach(e -> lines.add("             " + e));
        if (events.doubled() > 0 && !shown.way().isRelayed()) {
            lines.add(
                    "  This way promises each event at least once; shipping has kept the doubled ones once, by their ids.");
        }
        if (events.others() > 0) {
            lines.add(DemoText.format(
                    "  %,d more came that the shop did not publish: somebody else has. They are in no column above.",
                    events.others()));
        }
        if (events.earlier() > 0) {
            lines.add(DemoText.format(
                    "  %,d events of earlier runs in this folder have not come. What a relay still has of them comes in a run with"
                            + " the way by which they were published.",
                    events.earlier()));
        }
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
