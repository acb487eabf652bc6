package dev.freshet.replica.port;

/**
 * A key whose newest record the copy's table refuses, so that the table has an older row of it, or none.
 *
 * @param stream its stream
 * @param partition the partition in which the record stands
 * @param key the key
 * @param offset the record's offset
 * @param error why it was refused, in a sentence with the record's coordinates
 */
public record ParkedKey(String stream, int partition, RecordKey key, long offset, String error) {}
