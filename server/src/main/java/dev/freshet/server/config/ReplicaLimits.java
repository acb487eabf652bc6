package dev.freshet.server.config;

import dev.freshet.replica.ApplyLimits;
import dev.freshet.replica.SessionLimits;
import java.time.Duration;
import java.util.List;

/** The settings for batches, intervals and time-outs of a replica. */
public final class ReplicaLimits {
    private static final long KB = 1024;
    private static final long MB = 1024 * KB;
    private static final ApplyLimits LIMITS = ApplyLimits.DEFAULTS;
    private static final SessionLimits SESSIONS = SessionLimits.DEFAULTS;

    /** How many changes at most a transaction on the copy takes. */
    public static final Setting<Integer> BATCH_ROWS = Setting.integer(
            "batch-rows",
            1,
            100_000,
            LIMITS.batchRecords(),
            "How many changes at most one transaction on the copy takes. More makes catching up faster, and each "
                    + "transaction longer.");
    /** How many bytes of keys and values it takes at most. */
    public static final Setting<Long> BATCH_SIZE = Setting.size(
            "batch-size",
            KB,
            256 * MB,
            LIMITS.batchBytes(),
            "How many bytes of keys and values it takes at most, give or take one record.");
    /** The memory by which a fill tells keys that it has not seen. */
    public static final Setting<Long> FILL_MEMORY = Setting.size(
            "fill-memory",
            64 * KB,
            1024 * MB,
            LIMITS.fillFilterBytes(),
            "The memory by which the first fill tells keys that it has not seen: enough for about one key a byte. Beyond "
                    + "that more rows take the slower way.");
    /** How long fills go on with snapshots that are under way. */
    public static final Setting<Duration> SNAPSHOT_FOLLOW_TIMEOUT = Setting.duration(
            "snapshot-follow-timeout",
            Duration.ofSeconds(1),
            Duration.ofDays(1),
            LIMITS.snapshotFollow(),
            "How long at most, in all, a replica copies rows of snapshots that are still under way while its other tables "
                    + "wait to be filled, before it applies the rest one by one. More makes the first load of large tables "
                    + "faster. The last table to be filled keeps nobody waiting and copies on; copies that are filled are "
                    + "applied meanwhile.");
    /** How long they wait for the snapshot's next row. */
    public static final Setting<Duration> SNAPSHOT_ROW_TIMEOUT = Setting.duration(
            "snapshot-row-timeout",
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            LIMITS.snapshotPatience(),
            "How long it waits for the next row of such a snapshot, which may stand still or have not begun.");
    /** The first wait before a stopped partition is tried again. */
    public static final Setting<Duration> RETRY_BACKOFF = Setting.duration(
            "retry-backoff",
            Duration.ofMillis(10),
            Duration.ofHours(1),
            LIMITS.retryFirst(),
            "How long a partition that was stopped by a record, or a stream whose table cannot be filled, waits before it is "
                    + "tried again, while all others go on; it doubles each time.");
    /** The longest. */
    public static final Setting<Duration> RETRY_BACKOFF_MAX = Setting.duration(
            "retry-backoff-max",
            Duration.ofMillis(10),
            Duration.ofDays(1),
            LIMITS.retryLimit(),
            "The longest such wait; not below `retry-backoff`.");
    /** The longest time between two reports of freshness. */
    public static final Setting<Duration> FRESHNESS_INTERVAL = Setting.duration(
            "freshness-interval",
            Duration.ofMillis(10),
            Duration.ofMinutes(10),
            LIMITS.freshnessInterval(),
            "The longest time between two reports of freshness into `freshet.freshness`.");
    /** How long a report is valid. */
    public static final Setting<Duration> FRESHNESS_TIMEOUT = Setting.duration(
            "freshness-timeout",
            Duration.ofMillis(100),
            Duration.ofHours(1),
            LIMITS.freshnessValid(),
            "How long a report counts. After that `freshet.freshness` withdraws `complete` by itself: the replica is not "
                    + "running. Must be more than `freshness-interval`.");
    /** After how long without an entry the ledger counts as stale. */
    public static final Setting<Duration> LEDGER_TIMEOUT = Setting.duration(
            "ledger-timeout",
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            LIMITS.ledgerLimit(),
            "After how long without an entry in the source's ledger the copies no longer count as complete: the relay is "
                    + "not running. Keep it well above the source's `sample-interval`.");
    /** How long a connection attempt may take. */
    public static final Setting<Duration> CONNECT_TIMEOUT = Setting.duration(
            "connect-timeout",
            Duration.ofSeconds(1),
            Duration.ofMinutes(10),
            SESSIONS.connect(),
            "How long a connection attempt to the database may take.");
    /** The longest wait for a lock. */
    public static final Setting<Duration> LOCK_TIMEOUT = Setting.duration(
            "lock-timeout",
            Duration.ofMillis(100),
            Duration.ofHours(1),
            SESSIONS.lockTimeout(),
            "How long a statement waits for a lock (PostgreSQL's `lock_timeout`); then its transaction is tried again. One that"
                    + " adds a column to the copy waits for 1 s at most, since the table's readers wait behind it, and is"
                    + " tried again after `retry-backoff`.");
    /** After how long idle in a transaction the server ends a session. */
    public static final Setting<Duration> IDLE_IN_TRANSACTION_TIMEOUT = Setting.duration(
            "idle-in-transaction-session-timeout",
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            SESSIONS.idleInTransaction(),
            "After how long idle in a transaction the server ends a session (the setting of that name): a frozen instance "
                    + "blocks its successor no longer than this.");
    /** After how long without acknowledgement a connection is given up. */
    public static final Setting<Duration> TCP_USER_TIMEOUT = Setting.duration(
            "tcp-user-timeout",
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            SESSIONS.tcpUser(),
            "After how long without any sign of the other side a session is given up: by the server (its `tcp_user_timeout`), "
                    + "and by Freshet, which sends keepalive probes while it waits for an answer.");
    /** After how long a session that does not answer is given up. */
    public static final Setting<Duration> ANSWER_TIMEOUT = Setting.duration(
            "answer-timeout",
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            SESSIONS.answer(),
            "After how long beyond `lock-timeout` a session that has not answered is given up and its transaction tried again: a "
                    + "proxy in between may have forgotten the connection without a word. A batch that the table's triggers make "
                    + "take longer needs more. A fill's statements may take as long as they take.");

    static final Section SECTION = new Section(
            "replicas.<name>.limits",
            "Batches, intervals and time-outs. The defaults are right for nearly everybody.",
            List.of(
                    BATCH_ROWS,
                    BATCH_SIZE,
                    FILL_MEMORY,
                    SNAPSHOT_FOLLOW_TIMEOUT,
                    SNAPSHOT_ROW_TIMEOUT,
                    RETRY_BACKOFF,
                    RETRY_BACKOFF_MAX,
                    FRESHNESS_INTERVAL,
                    FRESHNESS_TIMEOUT,
                    LEDGER_TIMEOUT,
                    CONNECT_TIMEOUT,
                    LOCK_TIMEOUT,
                    IDLE_IN_TRANSACTION_TIMEOUT,
                    TCP_USER_TIMEOUT,
                    ANSWER_TIMEOUT));

    private ReplicaLimits() {}

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
}
