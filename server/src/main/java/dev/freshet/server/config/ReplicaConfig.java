package dev.freshet.server.config;

import dev.freshet.model.JdbcUrl;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies of streams in a consumer's own database.
 *
 * @param name its name in the file
 * @param copies what is copied, in the order of the file
 * @param url where the database is
 * @param user the role to log in as
 * @param password its password, or null for none
 * @param group the consumer group
 * @param schema what to do with a column that the source adds
 * @param consistency what readers of the tables may rely on
 * @param deadLetterTopic where records go that a table refuses, or null if they stop their partition
 * @param deadLetterLimit how many keys of a stream may be parked
 * @param showData whether messages may quote values of a row
 * @param limits batches, intervals and time-outs, by the settings of {@link ReplicaLimits}
 */
public record ReplicaConfig(
        String name,
        List<Copy> copies,
        JdbcUrl url,
        String user,
        @Nullable Secret password,
        String group,
        SchemaPolicy schema,
        Consistency consistency,
        @Nullable String deadLetterTopic,
        int deadLetterLimit,
        boolean showData,
        Limits limits) {
    /** Copies the list. */
    public ReplicaConfig {
        copies = List.copyOf(copies);
    }

    /**
     * One copy.
     *
     * @param stream the stream's name in the file
     * @param table {@code schema.table}
     * @param columns the stream's columns and their names in the table; empty for all under their own names
     */
    public record Copy(String stream, String table, Map<String, String> columns) {
        /** Copies the map, keeping its order. */
        public Copy {
            columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        }
    }
}
