package dev.freshet.capture.polling;

import dev.freshet.capture.internal.ReaderThread;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A thread in which a poller works, and rests while there is nothing to do. */
final class PollerThread {
    private final Poller poller;
    private final Pace pace;
    private final Thread thread;

    private PollerThread(PollingSettings settings, Poller poller) {
        this.poller = poller;
        this.pace = new Pace(settings.pollInterval(), poller.session().sleep().orElse(null));
        this.thread = new Thread(this::run, "freshet-poll-" + settings.source());
        this.thread.setDaemon(true);
    }

    /** Returns what gives each poller a thread, by the machine's time. */
    static PollingRuntime runtime(PollingSettings settings) {
        return new PollingRuntime() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public Duration held(Duration wait) {
                return wait;
            }

            @Override
            public Runnable start(Poller poller) {
                PollerThread started = new PollerThread(settings, poller);
                started.thread.start();
                return started::close;
            }
        };
    }

    private void run() {
        try {
            while (!poller.isStopped()) {
                if (poller.doWork() > 0) {
                    pace.work();
                } else {
                    pace.rest(!poller.hasGaps(), poller::isStopped);
                }
            }
            poller.close();
        } catch (SQLException e) {
            poller.fail(SqlPolledSession.failure(e));
        } catch (InterruptedException | RuntimeException | Error e) {
            poller.fail(e);
        }
    }

    private void close() {
        poller.stop();
        LockSupport.unpark(thread);
        ReaderThread.awaitEnd(thread, poller::cut);
    }
}
