package dev.freshet.server.config;

import dev.freshet.relay.HeaderSet;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream.
 *
 * @param name its name in the file
 * @param topic its topic
 * @param ledger its source's ledger topic, or null to find it in Kafka
 * @param capture how it is captured here, or null if another Freshet captures it
 */
public record StreamConfig(
        String name,
        String topic,
        @Nullable String ledger,
        @Nullable Capture capture) {
    /** Returns whether it is known here that its topic holds events. */
    public boolean isOfEvents() {
        return capture != null && capture.content() instanceof Events;
    }

    /**
     * How a stream is captured.
     *
     * @param source the source's name
     * @param partitions the partitions of the topic, if it is made
     * @param replicationFactor on how many brokers, or null for their default
     * @param minInsyncReplicas how many must have a record, or null for the brokers' default
     * @param content what the topic holds
     */
    public record Capture(
            String source,
            int partitions,
            @Nullable Integer replicationFactor,
            @Nullable Integer minInsyncReplicas,
            Content content) {}

    /** What a topic holds. */
    public sealed interface Content permits Rows, Events {}

    /**
     * The rows of a table.
     *
     * @param table {@code schema.table}
     * @param columns what is published; empty for all
     * @param key the key's columns; empty for the primary key
     * @param minCompactionLag how long every state stays
     * @param deleteRetention how long tombstones stay
     * @param headers what records carry beside their payload
     */
    public record Rows(
            String table,
            List<String> columns,
            List<String> key,
            Duration minCompactionLag,
            Duration deleteRetention,
            HeaderSet headers)
            implements Content {
        /** Copies the lists. */
        public Rows {
            columns = List.copyOf(columns);
            key = List.copyOf(key);
        }
    }

    /**
     * Events that services publish.
     *
     * @param retention how long they stay
     * @param maxMessageBytes how large one may be, in bytes
     */
    public record Events(Duration retention, int maxMessageBytes) implements Content {}
}
