package dev.freshet.stream;

import java.util.Objects;

/**
 * Why a copy is not complete.
 *
 * @param cause the kind of reason
 * @param text the reason in a sentence that names what is concerned and the way out
 */
public record NotComplete(Cause cause, String text) {
    /** The kinds of reasons. */
    public enum Cause {
        /** No cursor has been read from the ledger yet. */
        NO_LEDGER(false),
        /** The ledger names no stream with the topic. */
        UNKNOWN_STREAM(false),
        /** The topic was made again, has another partition count, or is gone. */
        TOPIC_CHANGED(false),
        /** The copy was away from the log's end for longer than compaction waits; it must be filled anew. */
        AWAY_TOO_LONG(false),
        /** A stream is being snapshotted. */
        SNAPSHOTTING(false),
        /** A stream is broken. */
        BROKEN(true),
        /** A stream is no longer captured. */
        STOPPED(true),
        /** The copy is being filled. */
        FILLING(false),
        /** Records are parked or dead-lettered. */
        PARKED(false),
        /** The copy itself has stopped, for instance before a record that cannot be applied. */
        COPY_STOPPED(true),
        /** The copy has passed no boundary since its streams are running. */
        NO_BOUNDARY(true),
        /** The relay has written nothing for longer than the limit. */
        LEDGER_STALE(true);

        private final boolean positionHolds;

        Cause(boolean positionHolds) {
            this.positionHolds = positionHolds;
        }

        /** Returns whether the boundary that the copy has passed is still proven, so that only what follows is missing. */
        public boolean positionHolds() {
            return positionHolds;
        }
    }

    /** Rejects a missing text. */
    public NotComplete {
        Objects.requireNonNull(cause, "cause");
        if (text.isBlank()) {
            throw new IllegalArgumentException("The reason " + cause + " needs a text");
        }
    }
}
