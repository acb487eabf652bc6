package dev.freshet.capture.polling;

import java.time.Duration;

/** What the log of a polled table needs of the machine: its time, and somebody who lets the poller work. Any thread may use it. */
public interface PollingRuntime {
    /** Returns a time in nanoseconds that only goes on, as {@link System#nanoTime()} does. */
    long nanoTime();

    /** Returns how long a reader whose log is empty waits, of the time that it would. */
    Duration held(Duration wait);

    /**
     * Lets a poller work from now on, until it is closed or fails; by one thread at a time.
     *
     * @return what stops it, and ends its session; when it has run, nothing more is done over that
     */
    Runnable start(Poller poller);
}
