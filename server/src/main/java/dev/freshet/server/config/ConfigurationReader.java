package dev.freshet.server.config;

import dev.freshet.model.Names;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the whole file: first every part, noting every mistake; then, if there was none, builds the configuration. */
final class ConfigurationReader {
    private final @Nullable Values kafka;
    private final Values http;
    private final Values log;
    private final Map<String, SourceReader> sources = new LinkedHashMap<>();
    private final Map<String, StreamReader> streams = new LinkedHashMap<>();
    private final Map<String, ReplicaReader> replicas = new LinkedHashMap<>();

    ConfigurationReader(Place root, JsonNode file) {
        Values top = Values.read(Sections.FILE, file, root);
        kafka = section(Sections.KAFKA, top, Sections.KAFKA_SECTION);
        if (kafka != null) {
            KafkaProperties.check(kafka.find(Sections.PROPERTIES, Map.of()), kafka.at(Sections.PROPERTIES));
        }
        Claims claims = new Claims();
        readNamed(
                "source",
                top,
                Sections.SOURCES_SECTION,
                Sections.SOURCES,
                (name, values) -> sources.put(name, new SourceReader(name, values, claims)));
        readNamed(
                "stream",
                top,
                Sections.STREAMS_SECTION,
                StreamSections.STREAMS,
                (name, values) -> streams.put(name, new StreamReader(name, values, sources, claims)));
        readNamed(
                "replica",
                top,
                Sections.REPLICAS_SECTION,
                Sections.REPLICAS,
                (name, values) -> replicas.put(name, new ReplicaReader(name, values, streams, claims)));
        http = Values.read(Sections.HTTP, top.find(Sections.HTTP_SECTION), root.at("http"));
        log = Values.read(Sections.LOG, top.find(Sections.LOG_SECTION), root.at("log"));
        checkWhole(root, top);
    }

    private static @Nullable Values section(Section section, Values top, Setting<JsonNode> setting) {
        JsonNode node = top.find(setting);
        return node == null ? null : Values.read(section, node, top.at(setting));
    }

    private interface Named {
        void add(String name, Values values);
    }

    private static void readNamed(String kind, Values top, Setting<JsonNode> setting, Section section, Named target) {
        for (Map.Entry<String, JsonNode> e : top.entries(setting)) {
            Place at = top.at(setting).at(e.getKey());
            try {
                Names.require(kind, e.getKey());
            } catch (IllegalArgumentException ex) {
                at.mistake(String.valueOf(ex.getMessage()));
            }
            target.add(e.getKey(), Values.read(section, e.getValue(), at));
        }
    }

    private void checkWhole(Place root, Values top) {
        for (SourceReader source : sources.values()) {
            if (streams.values().stream().noneMatch(s -> source.name().equals(s.sourceName()))) {
                source.place()
                        .mistake("no stream is captured from it; add one to streams with `source: " + source.name()
                                + "`, or take the source out");
            }
        }
        boolean wroteNothing = !top.wrote(Sections.SOURCES_SECTION) && !top.wrote(Sections.REPLICAS_SECTION);
        if (wroteNothing && !streams.isEmpty()) {
            root.mistake("there is nothing to do: add sources to capture streams, or replicas to copy them");
        }
    }

    Configuration build() {
        Values kafkaValues = java.util.Objects.requireNonNull(kafka);
        return new Configuration(
                new KafkaConfig(kafkaValues.get(Sections.BOOTSTRAP), kafkaValues.get(Sections.PROPERTIES)),
                map(sources, SourceReader::build),
                map(streams, StreamReader::build),
                map(replicas, ReplicaReader::build),
                http(http),
                new LogConfig(log.get(Sections.LOG_FORMAT), log.get(Sections.LOG_LEVEL)));
    }

    static HttpConfig http(Values http) {
        return new HttpConfig(
                http.get(Sections.HTTP_HOST), http.get(Sections.HTTP_PORT), http.get(Sections.LIVE_LIMIT));
    }

    private static <R, T> Map<String, T> map(Map<String, R> readers, Function<R, T> build) {
        Map<String, T> result = new LinkedHashMap<>();
        readers.forEach((name, reader) -> result.put(name, build.apply(reader)));
        return result;
    }
}
