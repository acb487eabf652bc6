package dev.freshet.examples.demo;

import dev.freshet.server.ServerStatus;
import org.jspecify.annotations.Nullable;

/**
 * What is shown at one moment.
 *
 * @param filling whether the copies are still to become complete for the first time
 * @param seconds since the shop began to write; once the copies were complete, since then
 * @param runSeconds how long it goes on with complete copies, or -1 for until it is stopped
 * @param transactions what the shop has done
 * @param transactionRate a second, of late
 * @param recordRate records to Kafka a second, of late
 * @param changeRate changes to the copies a second, of late
 * @param p50Millis commit to copy; NaN before it was measured
 * @param p99Millis commit to copy
 * @param measured how many times that was measured
 * @param unseen how many changes were not in the copy within 30 s
 * @param events the events from shop to shipping
 * @param answers what shipping has answered from its copies
 * @param checkedRows rows compared while live
 * @param differences those of them that differed
 * @param status what the server says
 * @param killed which process was killed how long ago, while the copies are not complete again; null otherwise
 * @param failure what of the demonstration itself has failed; null if nothing
 */
record DemoFigures(
        boolean filling,
        long seconds,
        long runSeconds,
        long transactions,
        double transactionRate,
        double recordRate,
        double changeRate,
        double p50Millis,
        double p99Millis,
        long measured,
        long unseen,
        EventFigures events,
        long answers,
        long checkedRows,
        long differences,
        ServerStatus status,
        @Nullable String killed,
        @Nullable String failure) {}
