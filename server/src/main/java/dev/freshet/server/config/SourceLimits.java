package dev.freshet.server.config;

import dev.freshet.capture.postgres.PostgresSettings;
import dev.freshet.capture.postgres.snapshot.SnapshotSettings;
import dev.freshet.relay.BatchLimits;
import dev.freshet.relay.RelaySettings;
import java.time.Duration;
import java.util.List;

/** The settings for batches, intervals and time-outs of a source. */
public final class SourceLimits {
    private static final long KB = 1024;
    private static final long MB = 1024 * KB;

    /** How many records a Kafka transaction has at most. */
    public static final Setting<Integer> BATCH_RECORDS = Setting.integer(
            "batch-records",
            1,
            1_000_000,
            BatchLimits.DEFAULT.records(),
            "How many records a Kafka transaction has at most. More costs memory and delay under load, fewer costs "
                    + "throughput.");
    /** How many bytes of keys and values it has at most. */
    public static final Setting<Long> BATCH_SIZE = Setting.size(
            "batch-size",
            64 * KB,
            256 * MB,
            BatchLimits.DEFAULT.bytes(),
            "How many bytes of keys and values it has at most, give or take one record. A source transaction that is larger "
                    + "goes in several pieces, so memory stays bounded.");
    /** After how long it ends although changes keep coming. */
    public static final Setting<Duration> COMMIT_INTERVAL = Setting.duration(
            "commit-interval",
            Duration.ofMillis(1),
            Duration.ofSeconds(10),
            BatchLimits.DEFAULT.age(),
            "After how long a Kafka transaction is committed although changes keep coming. When no change waits, it is "
                    + "committed at once, but for `commit-linger`.");
    /** How long a commit waits after the one before it. */
    public static final Setting<Duration> COMMIT_LINGER = Setting.duration(
            "commit-linger",
            Duration.ZERO,
            Duration.ofSeconds(1),
            BatchLimits.DEFAULT.linger(),
            "How long a commit begins after the one before it at the earliest, so that more changes share a Kafka "
                    + "transaction, each of which costs the brokers as much as hundreds of records. A change that comes alone is committed at once.");
    /** How long a stream whose topic refuses records is retried. */
    public static final Setting<Duration> RETRY_TIMEOUT = Setting.duration(
            "retry-timeout",
            Duration.ofSeconds(1),
            Duration.ofDays(1),
            RelaySettings.DEFAULT_STREAM_RETRY_LIMIT,
            "How long a stream whose topic refuses records is tried again. All streams of the source wait for it; then it is "
                    + "marked broken and the others go on. A table that a snapshot cannot read holds up itself alone; after so "
                    + "long the status tells why.");
    /** How often the topics are compared with ledger and settings. */
    public static final Setting<Duration> TOPIC_CHECK_INTERVAL = Setting.duration(
            "topic-check-interval",
            Duration.ofMillis(100),
            Duration.ofHours(1),
            RelaySettings.DEFAULT_TOPIC_CHECK_INTERVAL,
            "How often the topics and the ledger are compared with what was written to them and with their settings: four "
                    + "questions to Kafka, however many topics there are.");
    /** How long a topic must seem damaged. */
    public static final Setting<Duration> TOPIC_DOUBT_TIMEOUT = Setting.duration(
            "topic-doubt-timeout",
            Duration.ofMillis(100),
            Duration.ofHours(1),
            RelaySettings.DEFAULT_TOPIC_DOUBT_LIMIT,
            "How long every answer of Kafka must say that a topic was deleted, made again or truncated before its stream "
                    + "is marked broken, or before the relay stops if it is the ledger. A broker that lags behind may say so "
                    + "in error; a relay that starts waits for so long.");
    /** How often freshness is measured. */
    public static final Setting<Duration> SAMPLE_INTERVAL = Setting.duration(
            "sample-interval",
            Duration.ofMillis(10),
            Duration.ofMinutes(1),
            RelaySettings.DEFAULT_SAMPLE_INTERVAL,
            "How often freshness is measured and the tables' definitions are compared. Copies cannot be known to be fresher "
                    + "than this. Keep it well below `ledger-timeout` of every replica.");
    /** How often an idle database gets a message into its log. */
    public static final Setting<Duration> HEARTBEAT = Setting.duration(
            "heartbeat-interval",
            Duration.ofMillis(100),
            Duration.ofHours(1),
            RelaySettings.DEFAULT_HEARTBEAT_INTERVAL,
            "How often a small message is written into an idle database's log, so that log which other databases of the "
                    + "server write can go.");
    /** How often the server hears what is durable. */
    public static final Setting<Duration> STATUS_INTERVAL = Setting.duration(
            "status-interval",
            Duration.ofMillis(100),
            Duration.ofMinutes(1),
            PostgresSettings.DEFAULT_STATUS_INTERVAL,
            "How often the server hears which log is no longer needed (PostgreSQL's `wal_receiver_status_interval`).");
    /** How long a connection attempt may take. */
    public static final Setting<Duration> CONNECT_TIMEOUT = Setting.duration(
            "connect-timeout",
            Duration.ofSeconds(1),
            Duration.ofMinutes(10),
            PostgresSettings.DEFAULT_CONNECT_TIMEOUT,
            "How long a connection attempt to the database may take.");
    /** How long a statement may take. */
    public static final Setting<Duration> STATEMENT_TIMEOUT = Setting.duration(
            "statement-timeout",
            Duration.ofSeconds(1),
            Duration.ofDays(1),
            PostgresSettings.DEFAULT_STATEMENT_TIMEOUT,
            "How long a statement of Freshet's own may take; those that read a snapshot have limits of their own.");
    /** After how long a silent server counts as gone. */
    public static final Setting<Duration> WAL_RECEIVER_TIMEOUT = Setting.duration(
            "wal-receiver-timeout",
            Duration.ofSeconds(5),
            Duration.ofHours(1),
            PostgresSettings.DEFAULT_SILENCE_LIMIT,
            "After how long without any message from the server its log is read over a new connection. Must be more than "
                    + "twice `status-interval`, at which the server is asked to answer.");
    /** How many chunks of a table are read side by side. */
    public static final Setting<Integer> SNAPSHOT_READERS = Setting.integer(
            "snapshot-readers",
            1,
            16,
            SnapshotSettings.DEFAULTS.readers(),
            "How many pieces of a table a snapshot reads side by side, each over a connection of its own.");
    /** How many rows a window of a snapshot aims at. */
    public static final Setting<Integer> SNAPSHOT_ROWS = Setting.integer(
            "snapshot-rows",
            1,
            1_000_000,
            SnapshotSettings.DEFAULTS.rows(),
            "How many rows a snapshot reads in one go: no transaction on the source is open for longer, and after a crash "
                    + "it goes on from there.");
    /** How many rows a second a snapshot reads, or null for no limit. */
    public static final Setting<Integer> SNAPSHOT_MAX_ROWS_PER_SECOND = Setting.optional(
            "snapshot-max-rows-per-second",
            ValueTypes.integer(1, 1_000_000_000),
            "no limit",
            "How many rows a second the source's snapshots read at most, so that the database has its time for others. "
                    + "`freshet resnapshot --max-rows-per-second` sets another limit for one.");
    /** On how many brokers the ledger is kept, or null for their default. */
    public static final Setting<Integer> LEDGER_REPLICATION_FACTOR = Setting.optional(
            "ledger-replication-factor",
            ValueTypes.integer(1, 100),
            "the brokers' `default.replication.factor`",
            "On how many brokers Kafka keeps the ledger, when it is made. Without the ledger no stream can be read.");

    static final Section SECTION = new Section(
            "sources.<name>.limits",
            "Batches, intervals and time-outs. The defaults are right for nearly everybody.",
            List.of(
                    BATCH_RECORDS,
                    BATCH_SIZE,
                    COMMIT_INTERVAL,
                    COMMIT_LINGER,
                    RETRY_TIMEOUT,
                    TOPIC_CHECK_INTERVAL,
                    TOPIC_DOUBT_TIMEOUT,
                    SAMPLE_INTERVAL,
                    HEARTBEAT,
                    STATUS_INTERVAL,
                    CONNECT_TIMEOUT,
                    STATEMENT_TIMEOUT,
                    WAL_RECEIVER_TIMEOUT,
                    SNAPSHOT_READERS,
                    SNAPSHOT_ROWS,
                    SNAPSHOT_MAX_ROWS_PER_SECOND,
                    LEDGER_REPLICATION_FACTOR));

    private SourceLimits() {}

    /** Notes mistakes between settings. */
    static void check(Values values) {
        Duration receiver = values.find(WAL_RECEIVER_TIMEOUT);
        Duration status = values.find(STATUS_INTERVAL);
        if (receiver != null && status != null && receiver.compareTo(status.multipliedBy(2)) <= 0) {
            values.at(WAL_RECEIVER_TIMEOUT)
                    .mistake("'" + Durations.format(receiver) + "' must be more than twice status-interval, "
                            + Durations.format(status) + ": the server would count as gone before it was asked");
        }
    }
}
