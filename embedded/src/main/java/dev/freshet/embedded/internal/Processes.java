package dev.freshet.embedded.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Questions about processes that are not children of ours. */
public final class Processes {
    private Processes() {}

    /**
     * Returns whether a process has ended. One that waits for its parent to take note (a zombie) has: its files, ports and
     * memory are free, and a busy first process may leave it like that for a minute.
     *
     * @param pid the process id
     */
    public static boolean isGone(long pid) {
        boolean alive = ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        return !alive || isZombie(pid);
    }

    private static boolean isZombie(long pid) {
        try {
            String line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            // the name before it, in brackets, may hold brackets and spaces itself
            char state = line.charAt(line.lastIndexOf(')') + 2);
            return state == 'Z' || state == 'X';
        } catch (IOException noSuchProcessOrNoProc) {
            return !ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        }
    }
}
