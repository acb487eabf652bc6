package dev.freshet.cli;

import dev.freshet.server.ServerStatus;
import dev.freshet.server.ServerStatus.ReplicaStatus;
import dev.freshet.server.ServerStatus.Snapshot;
import dev.freshet.server.ServerStatus.SourceStatus;
import dev.freshet.server.ServerStatus.StreamStatus;
import dev.freshet.server.config.DataSize;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The status for people. */
final class StatusText {
    private StatusText() {}

    static void print(ServerStatus status, PrintWriter out) {
        TextTable sources = new TextTable("source", "state", "position", "lag", "retained", "records");
        for (SourceStatus s : status.sources()) {
            sources.row(
                    s.name(),
                    s.state(),
                    s.position() == null ? "-" : s.position(),
                    size(s.lagBytes()),
                    size(s.retainedWalBytes()),
                    String.valueOf(s.recordsSent()));
        }
        section(out, sources);
        TextTable streams = new TextTable("stream", "topic", "state", "snapshot");
        for (StreamStatus s : status.streams()) {
            streams.row(s.name(), s.topic(), s.state(), isWithoutSnapshot(s) ? "-" : snapshot(s.snapshot()));
        }
        section(out, streams);
        TextTable replicas = new TextTable("replica", "state", "complete", "fresh", "behind", "position");
        for (ReplicaStatus r : status.replicas()) {
            replicas.row(
                    r.name(),
                    r.state(),
                    r.complete() ? "yes" : "no",
                    duration(r.freshnessMillis()),
                    count(r.changesBehind()),
                    r.position() == null ? "-" : r.position());
        }
        section(out, replicas);
        for (ReplicaStatus r : status.replicas()) {
            if (r.consistency().equals("per-transaction")) {
                wrap("Replica '" + r.name() + "' moves by whole transactions; active is "
                                + (r.active() == null ? "no instance that is known here" : r.active()))
                        .forEach(out::println);
                out.println();
            }
        }
        // what is a problem of the whole is often an alarm of the source as well, in the same words
        Set<String> notes = new LinkedHashSet<>(status.problems());
        status.sources().forEach(s -> notes.addAll(s.alarms()));
        if (notes.isEmpty()) {
            out.println("All that is configured works.");
        } else {
            out.println(
                    status.ready()
                            ? "All that is configured works. To be dealt with:"
                            : "What does not work, or not yet:");
            notes.forEach(n -> wrap("- " + n).forEach(out::println));
        }
    }

    private static boolean isWithoutSnapshot(StreamStatus stream) {
        return stream.state().equals("elsewhere") || stream.snapshot().state().equals("none");
    }

    private static void section(PrintWriter out, TextTable table) {
        if (!table.isEmpty()) {
            table.lines().forEach(out::println);
            out.println();
        }
    }

    static String size(long bytes) {
        return bytes < 0 ? "unknown" : DataSize.format(bytes);
    }

    static String count(long count) {
        return count < 0 ? "unknown" : String.valueOf(count);
    }

    static String duration(long millis) {
        if (millis < 0) {
            return "unknown";
        }
        if (millis < 10_000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        Duration d = Duration.ofMillis(millis);
        if (d.toHours() > 0) {
            return d.toHours() + " h " + d.toMinutesPart() + " m";
        }
        return d.toMinutes() > 0 ? d.toMinutes() + " m " + d.toSecondsPart() + " s" : d.toSeconds() + " s";
    }

    private static String snapshot(Snapshot s) {
        if (!s.state().equals("running")) {
            return s.state();
        }
        StringBuilder text = new StringBuilder(s.paused() ? "paused: " : "running: ")
                .append(s.rowsDone())
                .append("events".equals(s.phase()) ? " events of before" : " rows");
        if (s.vanishedPercent() >= 0) {
            return text.append(", vanished keys ")
                    .append(s.vanishedPercent())
                    .append(" %")
                    .toString();
        }
        if (s.rowsEstimated() >= 0) {
            text.append(" of about ").append(Math.max(s.rowsEstimated(), s.rowsDone()));
        }
        if (s.rowsPerSecond() > 0) {
            text.append(", ").append(s.rowsPerSecond()).append("/s");
            long left = s.rowsEstimated() - s.rowsDone();
            if (left > 0) {
                text.append(", ")
                        .append(duration(left * 1000 / s.rowsPerSecond()))
                        .append(" left");
            }
        }
        return text.toString();
    }

    /** Breaks a text into lines that fit, the later ones indented; its own lines stay lines, and what wraps is set further in. */
    static List<String> wrap(String text) {
        List<String> own = text.lines().toList();
        String further = own.size() > 1 ? "      " : "    ";
        List<String> lines = new ArrayList<>(wrap(own.get(0), "  ", further));
        own.stream().skip(1).forEach(l -> lines.addAll(wrap(l, "    ", further)));
        return lines;
    }

    private static List<String> wrap(String text, String indent, String further) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(indent);
        boolean empty = true;
        for (String word : text.strip().split("\\s+", -1)) {
            if (!empty && line.length() + 1 + word.length() > TextTable.WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder(further);
                empty = true;
            }
            if (!empty) {
                line.append(' ');
            }
            line.append(word);
            empty = false;
        }
        lines.add(line.toString());
        return lines;
    }
}
