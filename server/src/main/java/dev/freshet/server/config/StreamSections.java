package dev.freshet.server.config;

import dev.freshet.relay.HeaderSet;
import dev.freshet.relay.StreamSettings;
import java.time.Duration;
import java.util.List;

/** The settings of a stream. */
final class StreamSections {
    private StreamSections() {}

    // streams.<name>
    static final Setting<String> SOURCE = Setting.optional(
            "source",
            Sections.NAME,
            "none",
            "The source to capture it from, one of `sources`. Left out, the stream is one that another Freshet captures, "
                    + "and `topic` says where it is.");
    static final Setting<String> STREAM_TABLE = Setting.optional(
            "table",
            Sections.TABLE,
            "required with `source`, unless `events` is true",
            "The table to capture, `schema.table`. Of one source a table has one stream: a second one is refused.");
    static final Setting<Boolean> EVENTS = Setting.withDefault(
            "events",
            ValueTypes.bool(),
            false,
            String::valueOf,
            "Whether it is a stream of business events, which services publish under its name with `freshet-outbox`, in place of a "
                    + "table. Its topic keeps every event for `retention`. Events of the source for a stream that is not "
                    + "named here go to its dead letters (`freshet dlq`).");
    static final Setting<Duration> RETENTION = Setting.duration(
            "retention",
            Duration.ofSeconds(1),
            Duration.ofDays(36_500),
            StreamSettings.DEFAULT_RETENTION,
            "Only with `events`: how long an event stays in the topic, at least.");
    static final Setting<List<String>> COLUMNS = Setting.optional(
            "columns",
            ValueTypes.list(Sections.IDENTIFIER),
            "all, also those added later",
            "The columns to publish. What is not named here never leaves the database. The key's columns must be among "
                    + "them.");
    static final Setting<List<String>> KEY = Setting.optional(
            "key",
            ValueTypes.list(Sections.IDENTIFIER),
            "the primary key",
            "For a table without a primary key: the columns of a unique index on not-null columns that is the table's "
                    + "replica identity.");
    static final Setting<String> STREAM_TOPIC = Setting.optional(
            "topic",
            Sections.TOPIC,
            "`<source>.<stream>`; required without `source`",
            "The compacted topic with the latest state of each row. Freshet makes it.");
    static final Setting<String> STREAM_LEDGER = Setting.optional(
            "ledger",
            Sections.TOPIC,
            "the source's; without `source`, found in Kafka if its name ends with `.freshet-ledger`",
            "Only without `source`: the ledger of the source from which another Freshet captures the stream.");
    static final Setting<Integer> PARTITIONS = Setting.integer(
            "partitions",
            1,
            10_000,
            1,
            "How many partitions the topic is made with, and so how many instances of a replica can share the work. It "
                    + "cannot be changed later without a new snapshot.");
    static final Setting<Integer> REPLICATION_FACTOR = Setting.optional(
            "replication-factor",
            ValueTypes.integer(1, 100),
            "the brokers' `default.replication.factor`",
            "On how many brokers Kafka keeps the topic.");
    static final Setting<Integer> MIN_ISR = Setting.optional(
            "min-insync-replicas",
            ValueTypes.integer(1, 100),
            "the brokers' `min.insync.replicas`",
            "How many of them must have a record before it counts as written.");
    static final Setting<Duration> MIN_COMPACTION_LAG = Setting.duration(
            "min-compaction-lag",
            Duration.ofSeconds(1),
            Sections.YEAR,
            StreamSettings.DEFAULT_MIN_COMPACTION_LAG,
            "How long every state of a row stays in the topic before only the latest does. A replica that was away for "
                    + "longer fills its copy anew.");
    static final Setting<Duration> DELETE_RETENTION = Setting.duration(
            "delete-retention",
            Duration.ofSeconds(1),
            Sections.YEAR,
            StreamSettings.DEFAULT_DELETE_RETENTION,
            "How long the trace of a deleted row stays in the topic. A replica that was away for longer fills its copy "
                    + "anew.");
    static final Setting<HeaderSet> HEADERS = Setting.withDefault(
            "headers",
            ValueTypes.oneOf(HeaderSet.class, HeaderSet::text),
            HeaderSet.CLOUDEVENTS,
            HeaderSet::text,
            "What records carry beside the row. `cloudevents`: what makes them CloudEvents in binary mode, for readers of any "
                    + "make. `minimal`: Freshet's own alone, a third of them; the time of the commit is then in none. "
                    + "Records that are there stay as they are.");

    static final Section STREAMS = new Section(
            "streams.<name>",
            "A table as a stream of its rows' states. With `source` it is captured here; without, it is another Freshet's, "
                    + "and only `topic` and `ledger` may stand here. A stream that cannot be captured, for a table, "
                    + "column or key that is missing, waits until it can be, and the source's others go on; `freshet check` "
                    + "names each.",
            List.of(
                    SOURCE,
                    STREAM_TABLE,
                    EVENTS,
                    COLUMNS,
                    KEY,
                    STREAM_TOPIC,
                    STREAM_LEDGER,
                    PARTITIONS,
                    REPLICATION_FACTOR,
                    MIN_ISR,
                    MIN_COMPACTION_LAG,
                    DELETE_RETENTION,
                    RETENTION,
                    EventSections.MAX_MESSAGE_SIZE,
                    HEADERS));
}
