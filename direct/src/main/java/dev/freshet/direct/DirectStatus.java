package dev.freshet.direct;

/**
 * What a publisher has to do at a moment. The numbers are read one after the other.
 *
 * @param queuedEvents events that hold a place in the queue, those of open {@link DirectTransaction}s included
 * @param queuedBytes their size in bytes
 * @param inFlight events that are on their way to Kafka
 * @param retryingKeys keys whose first event waits to be tried again, each event without a key counted as one
 * @param parkedKeys keys that have a dead letter; 0 with {@link FailedKey#SKIP}
 * @param kept rows of the source in the table of undelivered events, as last counted; 0 without a table
 */
public record DirectStatus(
        int queuedEvents, long queuedBytes, int inFlight, int retryingKeys, int parkedKeys, long kept) {}
