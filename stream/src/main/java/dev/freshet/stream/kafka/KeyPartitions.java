package dev.freshet.stream.kafka;

import org.apache.kafka.common.utils.Utils;

/** Where the relay writes a key: as Kafka's own producers do, by murmur2. For any thread. */
public final class KeyPartitions {
    private KeyPartitions() {}

    /**
     * Returns the partition of a key.
     *
     * @param key the key's bytes
     * @param partitions the topic's partition count, above zero
     */
    public static int of(byte[] key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }
}
