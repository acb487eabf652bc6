package dev.freshet.server.config;

import java.time.Duration;
import java.util.List;

/**
 * Batches, intervals and time-outs of a replica.
 *
 * @param batchRows how many changes at most a transaction on the copy takes
 * @param batchBytes how many bytes of keys and values it takes at most
 * @param fillMemoryBytes the memory by which a fill tells keys that it has not seen
 * @param retryBackoff the first wait before a stopped partition is tried again
 * @param retryBackoffMax the longest
 * @param freshnessInterval the longest time between two reports of freshness
 * @param freshnessTimeout how long a report is valid
 * @param ledgerTimeout after how long without an entry the ledger counts as stale
 * @param connectTimeout how long a connection attempt may take
 * @param lockTimeout the longest wait for a lock
 * @param idleInTransactionTimeout after how long idle in a transaction the server ends a session
 * @param tcpUserTimeout after how long without acknowledgement a connection is given up
 */
public record ReplicaLimits(
        int batchRows,
        long batchBytes,
        long fillMemoryBytes,
        Duration retryBackoff,
        Duration retryBackoffMax,
        Duration freshnessInterval,
        Duration freshnessTimeout,
        Duration ledgerTimeout,
        Duration connectTimeout,
        Duration lockTimeout,
        Duration idleInTransactionTimeout,
        Duration tcpUserTimeout) {
    private static final long KB = 1024;
    private static final long MB = 1024 * KB;

    private static final Setting<Integer> BATCH_ROWS = Setting.withDefault(
            "batch-rows",
            ValueTypes.integer(1, 100_000),
            5000,
            String::valueOf,
            "How many changes at most one transaction on the copy takes. More makes catching up faster, and each "
                    + "transaction longer.");
    private static final Setting<Long> BATCH_SIZE = Setting.withDefault(
            "batch-size",
            ValueTypes.size(KB, 256 * MB),
            8 * MB,
            DataSize::format,
            "How many bytes of keys and values it takes at most, give or take one record.");
    private static final Setting<Long> FILL_MEMORY = Setting.withDefault(
            "fill-memory",
            ValueTypes.size(64 * KB, 1024 * MB),
            16 * MB,
            DataSize::format,
            "The memory by which the first fill tells keys that it has not seen: enough for about one key a byte. Beyond "
                    + "that more rows take the slower way.");
    private static final Setting<Duration> RETRY_BACKOFF = Setting.withDefault(
            "retry-backoff",
            ValueTypes.duration(Duration.ofMillis(10), Duration.ofHours(1)),
            Duration.ofSeconds(5),
            Durations::format,
            "How long a partition that was stopped by a record waits before it is tried again; it doubles each time.");
    private static final Setting<Duration> RETRY_BACKOFF_MAX = Setting.withDefault(
            "retry-backoff-max",
            ValueTypes.duration(Duration.ofMillis(10), Duration.ofDays(1)),
            Duration.ofMinutes(5),
            Durations::format,
            "The longest such wait; not below `retry-backoff`.");
    private static final Setting<Duration> FRESHNESS_INTERVAL = Setting.withDefault(
            "freshness-interval",
            ValueTypes.duration(Duration.ofMillis(10), Duration.ofMinutes(10)),
            Duration.ofSeconds(1),
            Durations::format,
            "The longest time between two reports of freshness into `freshet.freshness`.");
    private static final Setting<Duration> FRESHNESS_TIMEOUT = Setting.withDefault(
            "freshness-timeout",
            ValueTypes.duration(Duration.ofMillis(100), Duration.ofHours(1)),
            Duration.ofSeconds(10),
            Durations::format,
            "How long a report counts. After that `freshet.freshness` withdraws `complete` by itself: the replica is not "
                    + "running. Must be more than `freshness-interval`.");
    private static final Setting<Duration> LEDGER_TIMEOUT = Setting.withDefault(
            "ledger-timeout",
            ValueTypes.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
            Duration.ofSeconds(30),
            Durations::format,
            "After how long without an entry in the source's ledger the copies no longer count as complete: the relay is "
                    + "not running. Keep it well above the source's `sample-interval`.");
    private static final Setting<Duration> CONNECT_TIMEOUT = Setting.withDefault(
            "connect-timeout",
            ValueTypes.duration(Duration.ofSeconds(1), Duration.ofMinutes(10)),
            Duration.ofSeconds(10),
            Durations::format,
            "How long a connection attempt to the database may take.");
    private static final Setting<Duration> LOCK_TIMEOUT = Setting.withDefault(
            "lock-timeout",
            ValueTypes.duration(Duration.ofMillis(100), Duration.ofHours(1)),
            Duration.ofSeconds(10),
            Durations::format,
            "How long a statement waits for a lock (PostgreSQL's `lock_timeout`); then its transaction is tried again.");
    private static final Setting<Duration> IDLE_IN_TRANSACTION_TIMEOUT = Setting.withDefault(
            "idle-in-transaction-session-timeout",
            ValueTypes.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
            Duration.ofSeconds(30),
            Durations::format,
            "After how long idle in a transaction the server ends a session (the setting of that name): a frozen instance "
                    + "blocks its successor no longer than this.");
    private static final Setting<Duration> TCP_USER_TIMEOUT = Setting.withDefault(
            "tcp-user-timeout",
            ValueTypes.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
            Duration.ofSeconds(30),
            Durations::format,
            "After how long without acknowledgement the server gives up a session (PostgreSQL's `tcp_user_timeout`).");

    static final Section SECTION = new Section(
            "replicas.<name>.limits",
            "Batches, intervals and time-outs. The defaults are right for nearly everybody.",
            List.of(
                    BATCH_ROWS,
                    BATCH_SIZE,
                    FILL_MEMORY,
                    RETRY_BACKOFF,
                    RETRY_BACKOFF_MAX,
                    FRESHNESS_INTERVAL,
                    FRESHNESS_TIMEOUT,
                    LEDGER_TIMEOUT,
                    CONNECT_TIMEOUT,
                    LOCK_TIMEOUT,
                    IDLE_IN_TRANSACTION_TIMEOUT,
                    TCP_USER_TIMEOUT));

    /** Notes mistakes between settings. */
    static void check(Values values) {
        Duration first = values.find(RETRY_BACKOFF);
        Duration longest = values.find(RETRY_BACKOFF_MAX);
        if (first != null && longest != null && longest.compareTo(first) < 0) {
            values.at(RETRY_BACKOFF_MAX)
                    .mistake("'" + Durations.format(longest) + "' is below retry-backoff, " + Durations.format(first)
                            + "; raise it, or lower that");
        }
        Duration interval = values.find(FRESHNESS_INTERVAL);
        Duration timeout = values.find(FRESHNESS_TIMEOUT);
        if (interval != null && timeout != null && timeout.compareTo(interval) <= 0) {
            values.at(FRESHNESS_TIMEOUT)
                    .mistake("'" + Durations.format(timeout) + "' must be more than freshness-interval, "
                            + Durations.format(interval) + ": each report would expire before the next");
        }
    }

    static ReplicaLimits of(Values values) {
        return new ReplicaLimits(
                values.get(BATCH_ROWS),
                values.get(BATCH_SIZE),
                values.get(FILL_MEMORY),
                values.get(RETRY_BACKOFF),
                values.get(RETRY_BACKOFF_MAX),
                values.get(FRESHNESS_INTERVAL),
                values.get(FRESHNESS_TIMEOUT),
                values.get(LEDGER_TIMEOUT),
                values.get(CONNECT_TIMEOUT),
                values.get(LOCK_TIMEOUT),
                values.get(IDLE_IN_TRANSACTION_TIMEOUT),
                values.get(TCP_USER_TIMEOUT));
    }
}
