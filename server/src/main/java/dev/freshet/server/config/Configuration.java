package dev.freshet.server.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A whole, valid configuration, with everything derived filled in.
 *
 * @param kafka the Kafka
 * @param sources the sources by name, in the order of the file
 * @param streams the streams by name
 * @param replicas the replicas by name
 * @param http the HTTP server
 * @param log the log
 */
public record Configuration(
        KafkaConfig kafka,
        Map<String, SourceConfig> sources,
        Map<String, StreamConfig> streams,
        Map<String, ReplicaConfig> replicas,
        HttpConfig http,
        LogConfig log) {
    /** Copies the maps, keeping their order. */
    public Configuration {
        sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
        streams = Collections.unmodifiableMap(new LinkedHashMap<>(streams));
        replicas = Collections.unmodifiableMap(new LinkedHashMap<>(replicas));
    }

    /** Returns the streams that are captured from a source, in the order of the file. */
    public List<StreamConfig> streamsOf(String source) {
        return streams.values().stream()
                .filter(s -> s.capture() != null && s.capture().source().equals(source))
                .toList();
    }

    /** Returns the stream of a copy, which a valid configuration has. */
    public StreamConfig streamOf(ReplicaConfig.Copy copy) {
        return Objects.requireNonNull(streams.get(copy.stream()), copy.stream());
    }
}
