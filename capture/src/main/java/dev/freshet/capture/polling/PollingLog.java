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
    private final EventQueue<LogEvent> queue;

    PollingLog(Poller poller, EventQueue<LogEvent> queue) {
        this.poller = poller;
        this.queue = queue;
    }

    @Override
    public List<LogEvent> poll(Duration wait) throws InterruptedException {
        List<LogEvent> events = new ArrayList<>();
        if (queue.await(wait.toNanos())) {
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
        poller.close();
    }
}
