package dev.freshet.bench.process;

import java.time.Instant;

/** What a contender tells the parent. Thread-safe. */
public interface Signals {
    /**
     * All that was to be done is done; only said by contenders whose work the parent cannot see in a topic or a copy.
     *
     * @param first when the first row was handled
     * @param last when the last row was handled
     * @param rows how many there were
     */
    void done(Instant first, Instant last, long rows);

    /** The work failed, and so the measurement. */
    void failed(Throwable cause);
}
