package dev.freshet.bench;

import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Prints measurements as they come: a table whose lines stay within {@value #WIDTH} columns, or one JSON object a line.
 *
 * <p>Below each figure of ours stand the limit and the peers, each with how many times theirs ours is. Not thread-safe.
 */
public final class Report {
    /** The width of the table, in columns. */
    public static final int WIDTH = 100;

    private static final int VALUE = 14;
    private static final int UNIT = 8;
    private static final int RATIO = 10;
    private static final int NAME = WIDTH - VALUE - UNIT - RATIO - 3;

    private final PrintStream out;
    private final boolean json;
    private boolean headed;

    /**
     * Creates a report.
     *
     * @param out where it is printed
     * @param json whether as JSON
     */
    public Report(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /** Prints one measurement. */
    public void add(Measurement measurement) {
        if (json) {
            out.println(measurement.toJson());
        } else {
            table(measurement);
        }
        out.flush();
    }

    private void table(Measurement m) {
        if (!headed) {
            out.println(line("", "value", "unit", "ours is"));
            headed = true;
        }
        out.println(line(m.name(), value(m.ours()), m.unit(), ""));
        if (m.limit() != null) {
            out.println(line("  limit: " + m.limitIs(), value(m.limit()), m.unit(), ratio(m.ratioToLimit())));
        }
        m.peers()
                .forEach((peer, value) ->
                        out.println(line("  " + peer, value(value), m.unit(), ratio(m.ratioToPeer(peer)))));
    }

    private static String line(String name, String value, String unit, String ratio) {
        String cut = name.length() > NAME ? name.substring(0, NAME - 1) + "…" : name;
        return String.format(
                        Locale.ROOT,
                        "%-" + NAME + "s %" + VALUE + "s %-" + UNIT + "s %" + RATIO + "s",
                        cut,
                        value,
                        unit,
                        ratio)
                .stripTrailing();
    }

    private static String value(@Nullable Double value) {
        if (value == null) {
            return "-";
        }
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
    }

    private static String ratio(@Nullable Double ratio) {
        return ratio == null ? "-" : String.format(Locale.ROOT, "%.2fx", ratio);
    }
}
