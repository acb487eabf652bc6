package dev.freshet.server.config;

import dev.freshet.model.JdbcUrl;
import dev.freshet.model.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Reads a replica. */
final class ReplicaReader {
    private final String name;
    private final Values values;
    private final Values limits;
    private final List<CopyReader> copies = new ArrayList<>();

    private record CopyReader(String stream, Values values) {
        String table() {
            return values.find(Sections.REPLICA_TABLE, "public." + stream.replace('-', '_'));
        }

        Map<String, String> columns() {
            return values.find(Sections.REPLICA_COLUMNS, Map.of());
        }
    }

    ReplicaReader(String name, Values values, Map<String, StreamReader> streams, Claims claims) {
        this.name = name;
        this.values = values;
        this.limits = Values.read(
                ReplicaLimits.SECTION, values.find(Sections.REPLICA_LIMITS), values.at(Sections.REPLICA_LIMITS));
        ReplicaLimits.check(limits);
        claims.claim("group", group(), values.place().path(), values.at(Sections.GROUP));
        for (Map.Entry<String, JsonNode> e : values.entries(Sections.REPLICA_STREAMS)) {
            Place at = values.at(Sections.REPLICA_STREAMS).at(e.getKey());
            CopyReader copy = new CopyReader(e.getKey(), Values.read(Sections.REPLICA_STREAM, e.getValue(), at));
            copies.add(copy);
            check(copy, streams, claims);
        }
        if (copies.isEmpty() && values.find(Sections.REPLICA_STREAMS) != null) {
            values.at(Sections.REPLICA_STREAMS).mistake("is empty; name at least one stream to copy");
        }
        checkOneSource(streams);
        checkDeadLetters(streams);
    }

    private void check(CopyReader copy, Map<String, StreamReader> streams, Claims claims) {
        StreamReader stream = streams.get(copy.stream());
        JdbcUrl url = values.find(Sections.URL);
        if (url != null) {
            claims.claim(
                    "table",
                    url.database() + "' : '" + copy.table(),
                    copy.values().place().path(),
                    copy.values().at(Sections.REPLICA_TABLE));
        }
        if (stream == null) {
            copy.values()
                    .place()
                    .mistake("there is no stream '" + copy.stream() + "'"
                            + Suggestion.of(copy.stream(), streams.keySet()) + " (streams: "
                            + String.join(", ", streams.keySet()) + ")");
            return;
        }
        if (stream.isOfEvents()) {
            copy.values()
                    .place()
                    .mistake("the stream '" + copy.stream()
                            + "' is of events, which are no rows that a table could have; take it out");
            return;
        }
        checkColumns(copy, stream);
    }

    /** Of a stream that is captured elsewhere the source is found when the replica starts. */
    private void checkOneSource(Map<String, StreamReader> streams) {
        if (values.find(Sections.CONSISTENCY) != Consistency.PER_TRANSACTION) {
            return;
        }
        Map<String, String> bySource = new TreeMap<>();
        for (CopyReader copy : copies) {
            StreamReader stream = streams.get(copy.stream());
            String source = stream == null ? null : stream.sourceName();
            if (source != null) {
                bySource.merge(source, "'" + copy.stream() + "'", (a, b) -> a + ", " + b);
            }
        }
        if (bySource.size() > 1) {
            String told = bySource.entrySet().stream()
                    .map(e -> "'" + e.getKey() + "' has " + e.getValue())
                    .collect(Collectors.joining("; "));
            values.at(Sections.CONSISTENCY)
                    .mistake(
                            "is per-transaction, but the streams are of several sources, which have no transaction in common ("
                                    + told + "); make a replica for each source, or set per-key");
        }
    }

    private void checkDeadLetters(Map<String, StreamReader> streams) {
        String topic = values.find(Sections.DEAD_LETTER_TOPIC);
        if (topic == null) {
            return;
        }
        Place at = values.at(Sections.DEAD_LETTER_TOPIC);
        if (values.find(Sections.CONSISTENCY) == Consistency.PER_TRANSACTION) {
            at.mistake(
                    "stands only with `consistency: per-key`: a copy that shows whole transactions cannot leave out a"
                            + " row; take it out, or set per-key");
        }
        streams.forEach((stream, reader) -> {
            if (topic.equals(reader.topic()) || topic.equals(reader.ledger())) {
                at.mistake("'" + topic + "' is the topic or the ledger of stream '" + stream
                        + "', which only its relay may write to; name another");
            }
        });
    }

    private static void checkColumns(CopyReader copy, StreamReader stream) {
        Set<String> published = stream.columns();
        Place at = copy.values().at(Sections.REPLICA_COLUMNS);
        if (copy.values().find(Sections.REPLICA_COLUMNS) != null
                && copy.columns().isEmpty()) {
            at.mistake("is empty; name the columns, or leave the key out for all");
            return;
        }
        for (String column : copy.columns().keySet()) {
            if (!published.isEmpty() && !published.contains(column)) {
                at.at(column)
                        .mistake("the stream '" + copy.stream() + "' does not publish a column '" + column + "'"
                                + Suggestion.of(column, published) + " (by streams." + copy.stream()
                                + ".columns it publishes: "
                                + String.join(", ", published)
                                + "); correct it here, or there if it is misspelt there");
            }
        }
        for (String column : stream.key()) {
            if (!copy.columns().isEmpty() && !copy.columns().containsKey(column)) {
                at.mistake("lacks '" + column + "', which belongs to the stream's key; a copy needs the whole key");
            }
        }
    }

    private String group() {
        return values.find(Sections.GROUP, Names.group(name));
    }

    ReplicaConfig build() {
        return new ReplicaConfig(
                name,
                copies.stream()
                        .map(c -> new ReplicaConfig.Copy(c.stream(), c.table(), c.columns()))
                        .toList(),
                values.get(Sections.URL),
                values.get(Sections.USER),
                values.find(Sections.PASSWORD),
                group(),
                values.get(Sections.SCHEMA),
                values.get(Sections.CONSISTENCY),
                values.find(Sections.DEAD_LETTER_TOPIC),
                values.get(Sections.DEAD_LETTER_LIMIT),
                values.get(Sections.SHOW_DATA),
                limits.limits());
    }
}
