package dev.freshet.server.config;

import dev.freshet.capture.postgres.snapshot.SnapshotSettings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Batches, intervals and time-outs of a source.
 *
 * @param batchRecords how many records a Kafka transaction has at most
 * @param batchBytes how many bytes of keys and values it has at most
 * @param commitInterval after how long it ends although changes keep coming
 * @param retryTimeout how long a stream whose topic refuses records is retried
 * @param sampleInterval how often freshness is measured
 * @param heartbeat how often an idle database gets a message into its log
 * @param statusInterval how often the server hears what is durable
 * @param connectTimeout how long a connection attempt may take
 * @param statementTimeout how long a statement may take
 * @param walReceiverTimeout after how long a silent server counts as gone
 * @param snapshotReaders how many chunks of a table are read side by side
 * @param snapshotRows how many rows a window of a snapshot aims at
 * @param ledgerReplicationFactor on how many brokers the ledger is kept, or null for their default
 */
public record SourceLimits(
        int batchRecords,
        long batchBytes,
        Duration commitInterval,
        Duration retryTimeout,
        Duration sampleInterval,
        Duration heartbeat,
        Duration statusInterval,
        Duration connectTimeout,
        Duration statementTimeout,
        Duration walReceiverTimeout,
        int snapshotReaders,
        int snapshotRows,
        @Nullable Integer ledgerReplicationFactor) {
    private static final long KB = 1024;
    private static final long MB = 1024 * KB;

    private static final Setting<Integer> BATCH_RECORDS = Setting.withDefault(
            "batch-records",
            ValueTypes.integer(1, 1_000_000),
            20_000,
            String::valueOf,
            "How many records a Kafka transaction has at most. More costs memory and delay under load, fewer costs "
                    + "throughput.");
    private static final Setting<Long> BATCH_SIZE = Setting.withDefault(
            "batch-size",
            ValueTypes.size(64 * KB, 256 * MB),
            8 * MB,
            DataSize::format,
            "How many bytes of keys and values it has at most, give or take one record. A source transaction that is larger "
                    + "goes in several pieces, so memory stays bounded.");
    private static final Setting<Duration> COMMIT_INTERVAL = Setting.withDefault(
            "commit-interval",
            ValueTypes.duration(Duration.ofMillis(1), Duration.ofSeconds(10)),
            Duration.ofMillis(200),
            Durations::format,
            "After how long a Kafka transaction is committed although changes keep coming. When no change waits, it is "
                    + "committed at once.");
    private static final Setting<Duration> RETRY_TIMEOUT = Setting.withDefault(
            "retry-timeout",
            ValueTypes.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
            Duration.ofMinutes(1),
            Durations::format,
            "How long a stream whose topic refuses records is tried again. All streams of the source wait for it; then it is "
                    + "marked broken and the others go on.");
    private static final Setting<Duration> SAMPLE_INTERVAL = Setting.withDefault(
            "sample-interval",
            ValueTypes.duration(Duration.ofMillis(10), Duration.ofMinutes(1)),
            Duration.ofMillis(500),
            Durations::format,
            "How often freshness is measured and the tables' definitions are compared. Copies cannot be known to be fresher "
                    + "than this. Keep it well below `ledger-timeout` of every replica.");
    private static final Setting<Duration> HEARTBEAT = Setting.withDefault(
            "heartbeat-interval",
            ValueTypes.duration(Duration.ofMillis(100), Duration.ofHours(1)),
            Duration.ofSeconds(10),
            Durations::format,
            "How often a small message is written into an idle database's log, so that log which other databases of the "
                    + "server write can go.");
    private static final Setting<Duration> STATUS_INTERVAL = Setting.withDefault(
            "status-interval",
            ValueTypes.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
            Duration.ofSeconds(1),
            Durations::format,
            "How often the server hears which log is no longer needed (PostgreSQL's `wal_receiver_status_interval`).");
    private static final Setting<Duration> CONNECT_TIMEOUT = Setting.withDefault(
            "connect-timeout",
            ValueTypes.duration(Duration.ofSeconds(1), Duration.ofMinutes(10)),
            Duration.ofSeconds(10),
            Durations::format,
            "How long a connection attempt to the database may take.");
    private static final Setting<Duration> STATEMENT_TIMEOUT = Setting.withDefault(
            "statement-timeout",
            ValueTypes.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
            Duration.ofSeconds(60),
            Durations::format,
            "How long a statement of Freshet's own may take; those that read a snapshot have limits of their own.");
    private static final Setting<Duration> WAL_RECEIVER_TIMEOUT = Setting.withDefault(
            "wal-receiver-timeout",
            ValueTypes.duration(Duration.ofSeconds(5), Duration.ofHours(1)),
            Duration.ofSeconds(60),
            Durations::format,
            "After how long without any message from the server its log is read over a new connection. Must be more than "
                    + "twice `status-interval`, at which the server is asked to answer.");
    private static final Setting<Integer> SNAPSHOT_READERS = Setting.withDefault(
            "snapshot-readers",
            ValueTypes.integer(1, 16),
            SnapshotSettings.DEFAULTS.readers(),
            String::valueOf,
            "How many pieces of a table a snapshot reads side by side, each over a connection of its own.");
    private static final Setting<Integer> SNAPSHOT_ROWS = Setting.withDefault(
            "snapshot-rows",
            ValueTypes.integer(1, 1_000_000),
            SnapshotSettings.DEFAULTS.rows(),
            String::valueOf,
            "How many rows a snapshot reads in one go: no transaction on the source is open for longer, and after a crash "
                    + "it goes on from there.");
    private static final Setting<Integer> LEDGER_REPLICATION_FACTOR = Setting.optional(
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
                    RETRY_TIMEOUT,
                    SAMPLE_INTERVAL,
                    HEARTBEAT,
                    STATUS_INTERVAL,
                    CONNECT_TIMEOUT,
                    STATEMENT_TIMEOUT,
                    WAL_RECEIVER_TIMEOUT,
                    SNAPSHOT_READERS,
                    SNAPSHOT_ROWS,
                    LEDGER_REPLICATION_FACTOR));

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

    static SourceLimits of(Values values) {
        return new SourceLimits(
                values.get(BATCH_RECORDS),
                values.get(BATCH_SIZE),
                values.get(COMMIT_INTERVAL),
                values.get(RETRY_TIMEOUT),
                values.get(SAMPLE_INTERVAL),
                values.get(HEARTBEAT),
                values.get(STATUS_INTERVAL),
                values.get(CONNECT_TIMEOUT),
                values.get(STATEMENT_TIMEOUT),
                values.get(WAL_RECEIVER_TIMEOUT),
                values.get(SNAPSHOT_READERS),
                values.get(SNAPSHOT_ROWS),
                values.find(LEDGER_REPLICATION_FACTOR));
    }
}
