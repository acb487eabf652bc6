package dev.freshet.server.config;

import dev.freshet.model.Names;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a stream. */
final class StreamReader {
    private static final List<Setting<?>> OF_TABLES = List.of(
            StreamSections.STREAM_TABLE,
            StreamSections.COLUMNS,
            StreamSections.KEY,
            StreamSections.MIN_COMPACTION_LAG,
            StreamSections.DELETE_RETENTION,
            StreamSections.HEADERS);
    private static final List<Setting<?>> OF_EVENTS = List.of(StreamSections.RETENTION, EventSections.MAX_MESSAGE_SIZE);

    private final String name;
    private final Values values;
    private final @Nullable SourceReader source;

    StreamReader(String name, Values values, Map<String, SourceReader> sources, Claims claims) {
        this.name = name;
        this.values = values;
        String sourceName = sourceName();
        this.source = sourceName == null ? null : sources.get(sourceName);
        if (values.wrote(StreamSections.SOURCE)) {
            checkCaptured(sourceName, sources, claims);
        } else {
            checkForeign();
        }
        String topic = topic();
        if (topic != null) {
            claims.claim("topic", topic, values.place().path(), values.at(StreamSections.STREAM_TOPIC));
        }
    }

    private void checkCaptured(@Nullable String sourceName, Map<String, SourceReader> sources, Claims claims) {
        if (sourceName != null && source == null) {
            values.at(StreamSections.SOURCE)
                    .mistake("there is no source '" + sourceName + "'" + Suggestion.of(sourceName, sources.keySet())
                            + (sources.isEmpty()
                                    ? "; the file has no sources"
                                    : " (sources: " + String.join(", ", sources.keySet()) + ")"));
        }
        checkContent();
        String table = values.find(StreamSections.STREAM_TABLE);
        if (!isOfEvents() && source != null && source.isPolled()) {
            values.at(StreamSections.EVENTS)
                    .mistake("must be true: source '" + source.name()
                            + "' is polled, which gives streams of events only; set it, or capture the table from a source of"
                            + " `type: postgresql`");
        } else if (!isOfEvents() && !values.wrote(StreamSections.STREAM_TABLE)) {
            values.at(StreamSections.STREAM_TABLE)
                    .mistake("is missing; it must be "
                            + StreamSections.STREAM_TABLE.type().allowed());
        } else if (table != null && sourceName != null) {
            claims.claim(
                    "table",
                    sourceName + "' : '" + table,
                    values.place().path(),
                    values.at(StreamSections.STREAM_TABLE));
        }
        if (values.wrote(StreamSections.STREAM_LEDGER)) {
            values.at(StreamSections.STREAM_LEDGER)
                    .mistake("belongs to the source here; write it as sources." + sourceName + ".ledger");
        }
        checkColumns();
        Integer factor = values.find(StreamSections.REPLICATION_FACTOR);
        Integer minIsr = values.find(StreamSections.MIN_ISR);
        if (factor != null && minIsr != null && minIsr > factor) {
            values.at(StreamSections.MIN_ISR)
                    .mistake("'" + minIsr + "' is more than replication-factor, " + factor
                            + ": nothing could be written; lower it or raise the factor");
        }
    }

    /** Settings of a table stand with no events, and the other way round. */
    private void checkContent() {
        boolean events = isOfEvents();
        for (Setting<?> setting : events ? OF_TABLES : OF_EVENTS) {
            if (values.wrote(setting)) {
                values.at(setting)
                        .mistake(
                                events
                                        ? "belongs to a table's stream, and this one is of events: take it out, or `events`"
                                        : "stands only with `events: true`; take it out, or add that");
            }
        }
    }

    /** Returns whether it is a stream of events, and not of a table's rows. */
    boolean isOfEvents() {
        return Boolean.TRUE.equals(values.find(StreamSections.EVENTS));
    }

    private void checkColumns() {
        Set<String> columns = columns();
        List<String> key = values.find(StreamSections.KEY, List.of());
        if (values.wrote(StreamSections.COLUMNS) && values.find(StreamSections.COLUMNS) != null && columns.isEmpty()) {
            values.at(StreamSections.COLUMNS).mistake("is empty; name the columns, or leave the key out for all");
        }
        for (int i = 0; i < key.size() && !columns.isEmpty(); i++) {
            if (!columns.contains(key.get(i))) {
                values.at(StreamSections.KEY)
                        .at(i)
                        .mistake("'" + key.get(i) + "' is not among columns; add it there: every record needs its key");
            }
        }
    }

    private void checkForeign() {
        for (Setting<?> setting : StreamSections.STREAMS.settings()) {
            boolean fits = setting.equals(StreamSections.STREAM_TOPIC) || setting.equals(StreamSections.STREAM_LEDGER);
            if (!fits && values.wrote(setting)) {
                values.at(setting)
                        .mistake(
                                "stands only with `source`; add `source: NAME` to capture the stream here, or take this"
                                        + " out: the capturing Freshet decides it");
            }
        }
        if (!values.wrote(StreamSections.STREAM_TOPIC)) {
            values.place()
                    .mistake("needs `source` and `table`, to capture it here, or `topic`, if another Freshet does");
        }
    }

    @Nullable
    String sourceName() {
        return values.find(StreamSections.SOURCE);
    }

    /** Returns the published columns; empty for all of the table. */
    Set<String> columns() {
        return new java.util.LinkedHashSet<>(values.find(StreamSections.COLUMNS, List.of()));
    }

    /** Returns the key's columns, if the file tells them. */
    List<String> key() {
        return values.find(StreamSections.KEY, List.of());
    }

    @Nullable
    String topic() {
        String sourceName = sourceName();
        String written = values.find(StreamSections.STREAM_TOPIC);
        return written == null && sourceName != null && !values.wrote(StreamSections.STREAM_TOPIC)
                ? Names.topic(sourceName, name)
                : written;
    }

    @Nullable
    String ledger() {
        if (source != null) {
            return source.ledger();
        }
        return values.find(StreamSections.STREAM_LEDGER);
    }

    StreamConfig build() {
        String sourceName = sourceName();
        return new StreamConfig(
                name,
                Objects.requireNonNull(topic()),
                ledger(),
                sourceName == null
                        ? null
                        : new StreamConfig.Capture(
                                sourceName,
                                values.get(StreamSections.PARTITIONS),
                                values.find(StreamSections.REPLICATION_FACTOR),
                                values.find(StreamSections.MIN_ISR),
                                content()));
    }

    private StreamConfig.Content content() {
        return isOfEvents()
                ? new StreamConfig.Events(
                        values.get(StreamSections.RETENTION),
                        Math.toIntExact(values.get(EventSections.MAX_MESSAGE_SIZE)))
                : new StreamConfig.Rows(
                        values.get(StreamSections.STREAM_TABLE),
                        List.copyOf(columns()),
                        key(),
                        values.get(StreamSections.MIN_COMPACTION_LAG),
                        values.get(StreamSections.DELETE_RETENTION),
                        values.get(StreamSections.HEADERS));
    }
}
