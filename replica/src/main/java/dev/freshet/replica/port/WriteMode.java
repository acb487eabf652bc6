package dev.freshet.replica.port;

/** What a {@link BatchWriter} may count on. */
public enum WriteMode {
    /** Each batch has a transaction of its own: staging may commit. */
    BATCHES,
    /** Batches are pieces of one transaction, in which also a table is altered: staging commits nothing. */
    PIECES,
    /** As {@link #PIECES}, into tables that were empty: rows whose keys are not called repeated are new. */
    PIECES_OF_A_FILL
}
