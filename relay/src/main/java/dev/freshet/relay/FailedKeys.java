package dev.freshet.relay;

import java.util.Locale;

/** What becomes of the events that follow one that cannot be sent. */
public enum FailedKeys {
    /** Those of its key wait behind it, as dead letters too, until it is redriven or discarded: the order is kept. */
    PARK,
    /** They are sent: a redrive comes behind them. */
    SKIP;

    /** Returns the word of the configuration. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
