package dev.freshet.embedded.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until a SIGSTOP has taken effect. The system marks one thread and the others run on until that one has been
 * scheduled, which on a busy machine is long enough to answer a request.
 */
public final class Stopped {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(1);

    private Stopped() {}

    /**
     * Returns when all threads of the processes stand still or the processes are gone; at once where the system has no
     * {@code /proc}.
     *
     * @throws IllegalStateException if that has not happened within 5 s
     */
    public static void await(long... pids) {
        long began = System.nanoTime();
        for (long pid : pids) {
            while (!standsStill(Path.of("/proc", Long.toString(pid), "task"))) {
                if (System.nanoTime() - began > LIMIT.toNanos()) {
                    throw new IllegalStateException("Process " + pid + " still runs " + LIMIT + " after a SIGSTOP");
                }
                LockSupport.parkNanos(POLL.toNanos());
            }
        }
    }

    private static boolean standsStill(Path threads) {
        try (DirectoryStream<Path> each = Files.newDirectoryStream(threads)) {
            for (Path thread : each) {
                if (!isStopped(thread)) {
                    return false;
                }
            }
            return true;
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isStopped(Path thread) throws IOException {
        try {
            String line = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
            // the name before it, in brackets, may hold brackets and spaces itself
            char state = line.charAt(line.lastIndexOf(')') + 2);
            return state == 'T' || state == 't' || state == 'Z' || state == 'X';
        } catch (NoSuchFileException e) {
            return true;
        }
    }
}
