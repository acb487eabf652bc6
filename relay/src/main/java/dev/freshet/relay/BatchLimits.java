package dev.freshet.relay;

import java.time.Duration;

/**
 * How much a Kafka transaction of a relay takes, and when it ends.
 *
 * @param records how many records it has at most, 1 or more
 * @param bytes how many bytes of keys and values it has at most, give or take one record, 1 or more
 * @param age after how long it ends at the next boundary although it is not full, above zero
 * @param linger how long a commit begins after the one before it at the earliest; may be zero
 */
public record BatchLimits(int records, long bytes, Duration age, Duration linger) {
    /** The defaults: 20,000 records, 8 MiB, 200 ms, and 5 ms, as long as Kafka's producers linger. */
    public static final BatchLimits DEFAULT =
            new BatchLimits(20_000, 8L << 20, Duration.ofMillis(200), Duration.ofMillis(5));

    /** Rejects what is out of range. */
    public BatchLimits {
        if (records < 1 || bytes < 1) {
            throw new IllegalArgumentException(
                    "A batch needs 1 record and 1 byte or more, but has " + records + " and " + bytes);
        }
        if (age.isNegative() || age.isZero() || linger.isNegative()) {
            throw new IllegalArgumentException(
                    "A batch's age must be above zero, and its linger not negative, but they are " + age + " and "
                            + linger);
        }
    }

    BatchLimits withSize(int newRecords, long newBytes) {
        return new BatchLimits(newRecords, newBytes, age, linger);
    }

    BatchLimits withAge(Duration newAge) {
        return new BatchLimits(records, bytes, newAge, linger);
    }

    BatchLimits withLinger(Duration newLinger) {
        return new BatchLimits(records, bytes, age, newLinger);
    }
}
