package dev.freshet.embedded.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchdogTest {
    private static final int TIMES = 600;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** On a busy machine it ends before its watchdog's second process has come to rest. */
    @Test
    void commandThatEndsAtOnce_isSeenToEnd(@TempDir Path home) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> busy = new ArrayList<>();
        for (int i = 0; i < 3 * Runtime.getRuntime().availableProcessors(); i++) {
            Thread thread = new Thread(() -> {
                while (!done.get()) {
                    Thread.onSpinWait();
                }
            });
            thread.start();
            busy.add(thread);
        }
        try {
            for (int i = 0; i < TIMES; i++) {
                Watchdog watchdog = Watchdog.start(home, home, home.resolve("log"), null, List.of("true"));
                boolean ended = watchdog.awaitEnd(LIMIT);
                if (!ended) {
                    watchdog.signal("KILL", watchdog.pid());
                }
                assertTrue(ended, "run " + i + " was not seen to end");
            }
        } finally {
            done.set(true);
            for (Thread thread : busy) {
                thread.join();
            }
        }
    }
}
