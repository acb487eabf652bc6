package dev.freshet.replica;

import dev.freshet.replica.table.TableName;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a replica and the table that it is copied to.
 *
 * @param stream the stream's name in the configuration, for messages and state
 * @param topic the stream's topic
 * @param ledger the ledger topic of its source, or null to find it in Kafka
 * @param table the copy's table
 * @param columns source column to column of the copy, in order; empty for all columns by their own names
 */
public record StreamTarget(
        String stream, String topic, @Nullable String ledger, TableName table, Map<String, String> columns) {
    /** Copies the map and rejects two columns that go into one. */
    public StreamTarget {
        Objects.requireNonNull(table, "table");
        if (stream.isEmpty() || topic.isEmpty()) {
            throw new IllegalArgumentException("A stream target needs a stream and a topic, but has stream '" + stream
                    + "' and topic '" + topic + "'");
        }
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        Set<String> seen = new HashSet<>();
        for (String target : columns.values()) {
            if (!seen.add(target)) {
                throw new IllegalArgumentException("Stream '" + stream + "' maps two columns to the column '" + target
                        + "' of " + table + ": give each its own");
            }
        }
    }
}
