package dev.freshet.replica;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Limits of a replica's memory, batches and waits.
 *
 * @param batchRecords the most records in one transaction of live changes, 1 to 100,000
 * @param batchBytes at how many bytes of keys and values a batch is cut, 1 KiB to 256 MiB; one COPY of a fill
 *     takes four times as many
 * @param fillPieceRows how many rows one COPY of a fill takes, 1 to 10,000,000; it ends sooner where the topic is read so
 *     slowly that the session would count as frozen
 * @param fillFilterBytes the memory by which a fill tells keys that it has not seen, 64 KiB to 1 GiB; it is enough for
 *     about one key a byte, beyond that more rows take the slower way
 * @param snapshotFollow how long at most, in all, the fills of a replica go on with snapshots that are under way while its
 *     other tables wait to be filled
 * @param snapshotPatience how long such a fill waits at most for the next row of the snapshot
 * @param schemaWait how long a record waits for its schema record, and with it all partitions of the instance; then its
 *     partition, or the fill of its table, stops
 * @param retryFirst the first wait before a stopped partition, or a table that cannot be filled, is tried again; it
 *     doubles
 * @param retryLimit the longest such wait
 * @param freshnessInterval the longest time between two reports of freshness
 * @param freshnessValid how long a report is valid; must be longer than the interval
 * @param ledgerLimit after how long without an entry the ledger counts as stale
 */
public record ApplyLimits(
        int batchRecords,
        int batchBytes,
        int fillPieceRows,
        int fillFilterBytes,
        Duration snapshotFollow,
        Duration snapshotPatience,
        Duration schemaWait,
        Duration retryFirst,
        Duration retryLimit,
        Duration freshnessInterval,
        Duration freshnessValid,
        Duration ledgerLimit) {
    /** What holds where nothing else is said. */
    public static final ApplyLimits DEFAULTS = new ApplyLimits(
            5_000,
            8 << 20,
            100_000,
            16 << 20,
            Duration.ofMinutes(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30));

    /** Rejects what is out of range. */
    public ApplyLimits {
        requireRange("batchRecords", batchRecords, 1, 100_000);
        requireRange("batchBytes", batchBytes, 1 << 10, 256 << 20);
        requireRange("fillPieceRows", fillPieceRows, 1, 10_000_000);
        requireRange("fillFilterBytes", fillFilterBytes, 64 << 10, 1 << 30);
        SessionLimits.requirePositive("snapshotFollow", snapshotFollow);
        SessionLimits.requirePositive("snapshotPatience", snapshotPatience);
        SessionLimits.requirePositive("schemaWait", schemaWait);
        SessionLimits.requirePositive("retryFirst", retryFirst);
        SessionLimits.requirePositive("retryLimit", retryLimit);
        SessionLimits.requirePositive("freshnessInterval", freshnessInterval);
        SessionLimits.requirePositive("freshnessValid", freshnessValid);
        SessionLimits.requirePositive("ledgerLimit", ledgerLimit);
        if (freshnessValid.compareTo(freshnessInterval) <= 0) {
            throw new IllegalArgumentException("freshnessValid (" + freshnessValid
                    + ") must be longer than freshnessInterval (" + freshnessInterval + ")");
        }
    }

    /**
     * Returns how long to wait before what has failed is tried again: {@link #retryFirst} at first, then twice as long as the
     * last time, at most {@link #retryLimit}.
     *
     * @param last the last such wait, or null
     */
    public Duration retryAfter(@Nullable Duration last) {
        Duration next = last == null ? retryFirst : last.multipliedBy(2);
        return next.compareTo(retryLimit) < 0 ? next : retryLimit;
    }

    private static void requireRange(String setting, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    setting + " must be between " + min + " and " + max + ", but is " + value);
        }
    }
}
