package dev.freshet.replica.port;

import dev.freshet.stream.StreamRecord;
import java.util.Collection;
import java.util.List;

/** A table that is filled beside the copy's table and takes its place, in one transaction. Belongs to its session's thread. */
public interface ShadowTable {
    /** Returns why its rows are moved into the table, which is slower, instead of the table being replaced; empty if it is. */
    List<String> dependents();

    /**
     * Adds a row whose key was not added before.
     *
     * @throws RecordException if the record is at fault
     * @throws InterruptedException if the thread is interrupted
     */
    void add(StreamRecord row) throws InterruptedException;

    /**
     * Ends a piece: sends what was added, and then takes in records, rows and deletions, whose keys may have been added before;
     * of each key the last one counts.
     *
     * @throws RecordException if a record is at fault
     * @throws InterruptedException if the thread is interrupted
     */
    void endPiece(Collection<StreamRecord> later) throws InterruptedException;

    /** Says something to the database, which would take a session that is silent for long for a frozen one. */
    void giveSign();

    /**
     * Merges what came later and builds what belongs to the table; nothing is added any more.
     *
     * @throws InterruptedException if the thread is interrupted
     */
    void complete() throws InterruptedException;

    /** Returns the keys whose newest record was left out, since the table refuses it; known once it is complete. */
    default List<ParkedKey> refused() {
        return List.of();
    }

    /** Takes the table's place; within {@link CopySession#tryCommit}. */
    void takePlace();

    /** Gives up what is being sent, so that the transaction can be rolled back. */
    void abort();
}
