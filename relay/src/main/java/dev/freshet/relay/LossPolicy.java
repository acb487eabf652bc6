package dev.freshet.relay;

import java.util.Locale;

/** What a relay does when changes of its source cannot be had any more. */
public enum LossPolicy {
    /** It breaks every stream and stops, until an operator has said that the source is the right one. */
    STOP,
    /** It begins a new epoch by itself, with a new slot, and reads every table anew into the topics that they have. */
    RESNAPSHOT;

    /** Returns the word in a configuration. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
