package dev.freshet.capture.postgres;

import dev.freshet.model.Op;
import dev.freshet.model.Position;
import java.time.Instant;

/**
 * A row of which a large value must be read back from the table before it can go on.
 *
 * @param target the stream and its table
 * @param plan how the row is made
 * @param op what happened
 * @param position where
 * @param committedAt when
 * @param xid the 64-bit id of the transaction that must be visible before the table is asked
 * @param key the row's key
 * @param message the log's message
 * @param from where the row's fields stand in the message
 * @param count how long each is, {@link Tuple#UNCHANGED} for those that are missing
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record PendingRow(
        Target target,
        RowPlan plan,
        Op op,
        Position position,
        Instant committedAt,
        long xid,
        byte[] key,
        byte[] message,
        int[] from,
        int[] count) {}
