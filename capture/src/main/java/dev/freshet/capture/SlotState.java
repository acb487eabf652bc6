package dev.freshet.capture;

import org.jspecify.annotations.Nullable;

/**
 * The replication slot as the server shows it.
 *
 * @param name the slot's name
 * @param plugin the output plugin
 * @param database the database to which it belongs
 * @param confirmedLsn the LSN up to which the server takes everything as received
 * @param restartLsn the LSN from which the server keeps its log, or null if that part is gone
 * @param activePid the server process that reads it, or null if nobody does
 * @param lost null while the slot is usable; else why it is not (the server's {@code wal_status} or {@code
 *     invalidation_reason})
 * @param retainedBytes how much log the slot holds back, in bytes
 */
public record SlotState(
        String name,
        String plugin,
        String database,
        long confirmedLsn,
        @Nullable Long restartLsn,
        @Nullable Integer activePid,
        @Nullable String lost,
        long retainedBytes) {}
