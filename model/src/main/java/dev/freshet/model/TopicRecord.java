package dev.freshet.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What becomes a record of a stream's topic. */
public sealed interface TopicRecord permits Change, EventRecord {
    /** Returns the stream's name. */
    String stream();

    /** Returns where it was committed. */
    Position position();

    /** Returns when it was committed, by the source's clock. */
    Instant committedAt();

    /** Returns the record's key, or null for an event whose order does not matter; not to be written to. */
    byte @Nullable [] key();

    /** Returns the record's value, or null for a deleted row; not to be written to. */
    byte @Nullable [] value();

    /** Returns about how many bytes its record has. */
    int bytes();
}
