package dev.freshet.examples.demo;

import dev.freshet.examples.shop.OrderEvents;
import dev.freshet.examples.shop.PublishWay;
import dev.freshet.server.ServerStatus;
import dev.freshet.server.ServerStatus.ReplicaStatus;
import dev.freshet.server.ServerStatus.Snapshot;
import dev.freshet.server.ServerStatus.SourceStatus;
import dev.freshet.server.ServerStatus.StreamStatus;
import dev.freshet.server.config.DataSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The figures in words. */
final class DemoText {
    private DemoText() {}

    /** Returns the figures as a block of lines, always the same number. */
    static List<String> block(DemoFigures f) {
        List<String> lines = new ArrayList<>();
        lines.add("shop (PostgreSQL) -> Kafka -> shipping (PostgreSQL)   " + when(f)
                + (f.runSeconds() < 0 ? "   (Ctrl-C ends and compares)" : ""));
        lines.add("  shop         " + format("%,8.0f tx/s", f.transactionRate())
                + format("  %,d done", f.transactions()));
        lines.add("  relay        " + format("%,8.0f records/s", f.recordRate()) + "  " + sources(f.status()));
        lines.add("  snapshot     " + snapshots(f.status()));
        for (ReplicaStatus r : f.status().replicas()) {
            lines.add("  copies       " + format("%,8.0f changes/s", f.changeRate()) + "  "
                    + (f.killed() == null ? copies(r, ", not complete yet") : f.killed()));
        }
        lines.add("  commit->copy " + latency(f));
        lines.add("  events       " + format("%,8d published  ", f.events().published()) + events(f.events()));
        lines.add("  shipping     " + format("%,8d answers from its copies", f.answers()));
        lines.add("  differences  " + format("%,8d in %,d rows compared while live", f.differences(), f.checkedRows()));
        return lines;
    }

    /** Returns the figures as one line. */
    static String line(DemoFigures f) {
        StringBuilder line = new StringBuilder(when(f));
        line.append(format(" shop %.0f tx/s; relay %.0f records/s", f.transactionRate(), f.recordRate()));
        if (!snapshots(f.status()).equals("done")) {
            line.append("; snapshot ").append(snapshots(f.status()));
        }
        for (ReplicaStatus r : f.status().replicas()) {
            line.append("; copies ").append(f.killed() == null ? copies(r, ", not complete") : f.killed());
        }
        line.append("; ").append(latency(f));
        line.append(format("; events %,d published, ", f.events().published())).append(events(f.events()));
        line.append(format("; %d differences in %d rows", f.differences(), f.checkedRows()));
        return line.toString();
    }

    /** Returns the sources; one that is polled reads no log. */
    private static String sources(ServerStatus status) {
        List<String> parts = new ArrayList<>();
        for (SourceStatus s : status.sources()) {
            parts.add(
                    s.name().equals(PublishWay.POLLING.source())
                            ? "the poller " + s.state()
                            : s.state() + ", " + size(s.lagBytes()) + " behind the log, slot holds "
                                    + size(s.retainedWalBytes()));
        }
        return String.join("; ", parts);
    }

    private static String events(EventFigures e) {
        return format("%,d arrived", e.arrived())
                + (Double.isNaN(e.p50Millis())
                        ? ""
                        : format(", commit->shipping p50 %.1f ms, p99 %.1f ms", e.p50Millis(), e.p99Millis()))
                + " (" + e.way() + ')';
    }

    private static String copies(ReplicaStatus r, String notComplete) {
        return (r.complete() ? "complete" : r.state() + notComplete) + fresh(r);
    }

    private static String fresh(ReplicaStatus r) {
        return (r.freshnessMillis() < 0 ? "" : format(", %.1f s fresh", r.freshnessMillis() / 1000.0))
                + (r.changesBehind() < 0 ? "" : format(", %,d behind", r.changesBehind()));
    }

    private static String latency(DemoFigures f) {
        return f.measured() == 0
                ? "not measured yet"
                : format("p50 %.1f ms, p99 %.1f ms (%d changes followed)", f.p50Millis(), f.p99Millis(), f.measured());
    }

    private static String snapshots(ServerStatus status) {
        List<String> parts = new ArrayList<>();
        for (StreamStatus stream : status.streams()) {
            Snapshot s = stream.snapshot();
            if (stream.name().equals(OrderEvents.STREAM)) {
                continue; // events have no rows to begin with
            }
            if (s.state().equals("running")) {
                parts.add(
                        s.rowsEstimated() > 0
                                ? format(
                                        "%s %,d of about %,d",
                                        stream.name(), s.rowsDone(), Math.max(s.rowsDone(), s.rowsEstimated()))
                                : stream.name() + " waits its turn");
            } else if (!s.state().equals("done")) {
                parts.add(stream.name() + " " + s.state());
            }
        }
        return parts.isEmpty() ? "done" : String.join(", ", parts);
    }

    private static String size(long bytes) {
        return bytes < 0 ? "?" : DataSize.format(bytes);
    }

    private static String when(DemoFigures f) {
        if (f.filling()) {
            return "filling " + clock(f.seconds());
        }
        return "live " + clock(f.seconds()) + (f.runSeconds() < 0 ? "" : " of " + clock(f.runSeconds()));
    }

    private static String clock(long seconds) {
        return format("%02d:%02d", seconds / 60, seconds % 60);
    }

    static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
