package dev.freshet.stream;

import dev.freshet.model.FreshetException;
import org.jspecify.annotations.Nullable;

/** A record on a state stream that no relay of Freshet wrote, or that was damaged. The reader stops before it. */
public final class ForeignRecordException extends FreshetException {
    private static final long serialVersionUID = 1L;

    private final String coordinates;

    /**
     * Creates the exception.
     *
     * @param coordinates where the record stands, {@code topic-partition@offset}
     * @param problem what it lacks, such as {@code has no header 'freshet-position'}
     * @param cause what lies behind it
     */
    public ForeignRecordException(String coordinates, String problem, @Nullable Throwable cause) {
        super(
                "The record " + coordinates + " " + problem
                        + ": no relay of Freshet wrote it. Freshet stopped before it."
                        + " Only the relay may write to the topic of a state stream (take the write permission from"
                        + " everybody else); then run 'freshet remove stream' with its stream's name"
                        + " to begin it anew",
                cause);
        this.coordinates = coordinates;
    }

    /** Returns where the record stands, {@code topic-partition@offset}. */
    public String coordinates() {
        return coordinates;
    }
}
