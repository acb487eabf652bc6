package dev.freshet.stream;

import dev.freshet.model.LossException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Partitions of a topic do not have the records (any more) that were to be read next. */
public final class MissingRecordsException extends LossException {
    private static final long serialVersionUID = 1L;

    private final transient Set<Partition> partitions;

    /**
     * Creates the exception.
     *
     * @param partitions whose records are missing
     * @param message from where to where they are missing, and what to do next
     * @param cause what lies behind it
     */
    public MissingRecordsException(Set<Partition> partitions, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.partitions = Set.copyOf(partitions);
    }

    /** Returns the partitions whose records are missing; no others are concerned. */
    public Set<Partition> partitions() {
        return partitions;
    }
}
