package dev.freshet.embedded.internal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A server's log file, read from where the present run began. */
public final class ServerLog {

    private static final long ROTATE_BYTES = 16L << 20;
    private static final int TAIL_LINES = 25;
    private static final int TAIL_BYTES = 16 << 10;
    private static final int READ_BYTES = 4 << 20;

    private final Path file;
    private long start;

    /** Creates the view; the file need not exist. */
    public ServerLog(Path file) {
        this.file = file;
    }

    /** The log's file. */
    public Path file() {
        return file;
    }

    /** Begins a new run: moves a log above 16 MiB to {@code .old} and remembers where the new run's lines begin. */
    public void beginRun() throws IOException {
        start = Files.exists(file) ? Files.size(file) : 0;
        if (start > ROTATE_BYTES) {
            Files.move(file, file.resolveSibling(file.getFileName() + ".old"), StandardCopyOption.REPLACE_EXISTING);
            start = 0;
        }
    }

    /** The present run's lines, at most the first 4 MiB. */
    public String thisRun() {
        return read(start, READ_BYTES);
    }

    /** The last 25 lines of the present run, or a note if there are none. */
    public String tail() {
        try {
            long size = Files.exists(file) ? Files.size(file) : 0;
            String[] lines = read(Math.max(start, size - TAIL_BYTES), TAIL_BYTES)
                    .stripTrailing()
                    .split("\n", -1);
            int from = Math.max(0, lines.length - TAIL_LINES);
            String tail = String.join("\n", java.util.Arrays.asList(lines).subList(from, lines.length));
            return tail.isEmpty() ? "(the log is empty)" : tail;
        } catch (IOException e) {
            return "(the log cannot be read: " + e + ")";
        }
    }

    private String read(long from, int limit) {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.min(limit, Math.max(0, in.length() - from))];
            in.seek(from);
            in.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            // not there yet, as before the server's first line
            return "";
        }
    }
}
