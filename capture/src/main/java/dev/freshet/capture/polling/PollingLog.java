package dev.freshet.capture.polling;

import dev.freshet.capture.ChangeLog;
import dev.freshet.capture.LogEvent;
import dev.freshet.capture.internal.EventQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The open log: what the poller has read. */
final class PollingLog implements ChangeLog {
    private static final int MAX_EVENTS = 4096;
    private static final long MAX_BYTES = 512 * 1024;

    private final Poller poller;
    private final PollingRuntime runtime;
    private final EventQueue<LogEvent> queue;
    private final Runnable end;

    /**
     * Creates the log of a poller.
     *
     * @param end what ends it
     */
    PollingLog(Poller poller, PollingRuntime runtime, EventQueue<LogEvent> queue, Runnable end) {
        this.poller = poller;
        this.runtime = runtime;
        this.queue = queue;
        this.end = end;
    }

    @Override
    public List<LogEvent> poll(Duration wait) throws InterruptedException {
        List<LogEvent> events = new ArrayList<>();
        if (queue.await(runtime.held(wait).toNanos())) {
            queue.drain(events, MAX_EVENTS, MAX_BYTES);
        }
        return events;
    }

    @Override
    public void confirm(long lsn) {
        poller.confirm(lsn);
    }

    @Override
    public Map<String, String> options() {
        return Map.of();
    }

    @Override
    public void close() {
        end.run();
    }
}
