package dev.freshet.stream;

import java.time.Duration;

/**
 * Limits of a {@link BoundaryReader}.
 *
 * @param records at how many records read ahead it hands out pieces, or reads no further, 1 or more; one poll of the stream
 *     reader may come on top
 * @param bytes the same in bytes of keys and values
 * @param look how often the brokers are asked for the topics' ends, ids and settings, above zero
 * @param ledgerRead how long reading the ledger to its end may take at the start, above zero
 */
public record BoundaryLimits(int records, long bytes, Duration look, Duration ledgerRead) {
    /** 100,000 records or 32 MiB; a look each second; 30 s for the ledger. */
    public static final BoundaryLimits DEFAULTS =
            new BoundaryLimits(100_000, 32 << 20, Duration.ofSeconds(1), Duration.ofSeconds(30));

    /** Rejects what is not above zero. */
    public BoundaryLimits {
        if (records < 1 || bytes < 1 || !isPositive(look) || !isPositive(ledgerRead)) {
            throw new IllegalArgumentException(
                    "The limits of a reader of boundaries must be above zero, but are " + records + " records, " + bytes
                            + " bytes, a look every " + look + ", the ledger read within " + ledgerRead);
        }
    }

    private static boolean isPositive(Duration d) {
        return !d.isNegative() && !d.isZero();
    }
}
