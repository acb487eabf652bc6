package dev.freshet.embedded.internal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A server's log file, read from where the present run began. */
public final class ServerLog {

    private static final long ROTATE_BYTES = 16L << 20;
    private static final int TAIL_LINES = 25;
    private static final int ERROR_LINES = 8;
    private static final int CAUSE_LINES = 200;
    private static final int CAUSE_CHARACTERS = 300;
    private static final Pattern ERROR =
            Pattern.compile(" ERROR |FATAL: |PANIC: |^Caused by: |^\\S+(Exception|Error)\\b");
    private static final int READ_BYTES = 1 << 20;

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

    /** The present run's lines, at most the last 1 MiB. */
    public String thisRun() {
        try {
            long size = Files.exists(file) ? Files.size(file) : 0;
            return read(Math.max(start, size - READ_BYTES), READ_BYTES);
        } catch (IOException e) {
            return "(the log cannot be read: " + e + ")";
        }
    }

    /**
     * The last 25 lines of the present run, after the last errors that stand before them: a server that fails goes on to
     * log an orderly end. A note if there are none.
     */
    public String tail() {
        List<String> lines = thisRun().stripTrailing().lines().toList();
        if (lines.isEmpty()) {
            return "(the log is empty)";
        }
        int from = Math.max(0, lines.size() - TAIL_LINES);
        List<String> errors =
                lines.subList(0, from).stream().filter(ERROR.asPredicate()).toList();
        List<String> excerpt = new ArrayList<>(errors.subList(Math.max(0, errors.size() - ERROR_LINES), errors.size()));
        if (!excerpt.isEmpty()) {
            excerpt.add("...");
        }
        excerpt.addAll(lines.subList(from, lines.size()));
        return String.join("\n", excerpt);
    }

    /**
     * The first of the last errors: of the present run's last 200 lines the first that tells of an error, at most 300
     * characters of it.
     */
    public Optional<String> firstError() {
        List<String> lines = thisRun().lines().toList();
        return lines.subList(Math.max(0, lines.size() - CAUSE_LINES), lines.size()).stream()
                .filter(ERROR.asPredicate())
                .findFirst()
                .map(line -> line.length() <= CAUSE_CHARACTERS ? line : line.substring(0, CAUSE_CHARACTERS) + " ...");
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
