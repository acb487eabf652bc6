package dev.freshet.cli;

import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ReplicaConfig;
import dev.freshet.server.config.StreamConfig;
import java.io.PrintWriter;

/** Shows what a configuration amounts to: every name, written or derived. */
final class DerivedNames {
    private DerivedNames() {}

    static void print(Configuration c, PrintWriter out) {
        out.println("Kafka: "
                + (c.kafka().embedded()
                        ? "embedded; `freshet run` starts it"
                        : c.kafka().bootstrapServers()));
        TextTable sources = new TextTable("source", "slot", "publication", "ledger");
        c.sources().values().forEach(s -> sources.row(s.name(), s.slot(), s.publication(), s.ledger()));
        section(out, "Sources", sources);
        TextTable streams = new TextTable("stream", "captured from", "topic", "partitions", "ledger");
        for (StreamConfig s : c.streams().values()) {
            StreamConfig.Capture capture = s.capture();
            streams.row(
                    s.name(),
                    capture == null ? "elsewhere" : capture.source() + ": " + what(capture.content()),
                    s.topic(),
                    capture == null ? "-" : String.valueOf(capture.partitions()),
                    s.ledger() == null ? "found in Kafka" : s.ledger());
        }
        section(out, "Streams", streams);
        TextTable replicas = new TextTable("replica", "stream", "table", "columns", "group");
        for (ReplicaConfig r : c.replicas().values()) {
            for (ReplicaConfig.Copy copy : r.copies()) {
                replicas.row(
                        r.name(),
                        copy.stream(),
                        copy.table(),
                        copy.columns().isEmpty()
                                ? "all"
                                : String.join(",", copy.columns().values()),
                        r.group());
            }
        }
        section(out, "Replicas", replicas);
    }

    private static String what(StreamConfig.Content content) {
        return content instanceof StreamConfig.Rows rows ? rows.table() : "events";
    }

    private static void section(PrintWriter out, String title, TextTable table) {
        if (!table.isEmpty()) {
            out.println();
            out.println(title);
            table.lines().forEach(out::println);
        }
    }
}
