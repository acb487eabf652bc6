package dev.freshet.embedded.internal;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one server: its data, configuration and log, and {@code embedded.properties} with what a later run has
 * to know (ports, password), readable by its owner alone.
 */
public final class ServerFolder {

    private static final String STATE = "embedded.properties";
    private static final int LAST_PORT = 65_535;

    private final Path path;
    private final @Nullable FolderLock lock;
    private final Properties state;

    private ServerFolder(Path path, @Nullable FolderLock lock, Properties state) {
        this.path = path;
        this.lock = lock;
        this.state = state;
    }

    /**
     * Opens or creates the folder, and takes hold of one that is kept until {@link #discard()} or the end of this process.
     *
     * @param kept the folder to keep; null for a new one under the system's temporary folder
     * @param name part of a temporary folder's name
     * @throws FolderInUseException if somebody has hold of it; nothing in it was touched
     */
    public static ServerFolder open(@Nullable Path kept, String name) throws IOException {
        if (kept == null) {
            Path path = Files.createTempDirectory("freshet-" + name + "-");
            // others may pass through, to a data folder that belongs to the user PostgreSQL runs as
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
            return new ServerFolder(path, null, new Properties());
        }
        // an existing link to a folder is one, which createDirectories does not take
        Path path = (Files.isDirectory(kept) ? kept : Files.createDirectories(kept)).toRealPath();
        FolderLock lock = FolderLock.take(path);
        try {
            return new ServerFolder(path, lock, read(path));
        } catch (IOException | RuntimeException | Error e) {
            try {
                lock.close();
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private static Properties read(Path path) throws IOException {
        Properties state = new Properties();
        Path file = path.resolve(STATE);
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                state.load(reader);
            } catch (IllegalArgumentException e) {
                throw new IOException(
                        file + " is no properties file (" + e.getMessage() + "): put back what was there", e);
            }
        }
        return state;
    }

    /** What a server in the folder stored last, whoever has hold of the folder. */
    public static Optional<String> recall(Path folder, String key) throws IOException {
        return Optional.ofNullable(read(folder).getProperty(key));
    }

    /** The port that a server in the folder stored last, whoever has hold of the folder. */
    public static Optional<Integer> recallPort(Path folder, String key) throws IOException {
        Optional<String> text = recall(folder, key);
        return text.isEmpty() ? Optional.empty() : Optional.of(checked(folder, key, text.get()));
    }

    /** The folder. */
    public Path path() {
        return path;
    }

    /** Whether the folder goes when the server is closed. */
    public boolean temporary() {
        return lock == null;
    }

    /** The folder if it is temporary, else null: what a watchdog removes. */
    public @Nullable Path doomed() {
        return temporary() ? path : null;
    }

    /** What an earlier {@link #remember} stored. */
    public Optional<String> recall(String key) {
        return Optional.ofNullable(state.getProperty(key));
    }

    /**
     * Stores a value for later runs, on the disk when this returns. Whatever ends it before leaves what was stored: data
     * without the password or cluster id that it was made with could never be reached again.
     */
    public void remember(String key, String value) throws IOException {
        if (value.equals(state.getProperty(key))) {
            return;
        }
        Properties next = new Properties();
        next.putAll(state);
        next.setProperty(key, value);
        replace(next);
        state.setProperty(key, value);
    }

    private void replace(Properties next) throws IOException {
        Path written = path.resolve(STATE + ".new");
        // of a run that was killed while it wrote
        Files.deleteIfExists(written);
        Files.createFile(written, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE);
                Writer writer = Channels.newWriter(channel, StandardCharsets.UTF_8)) {
            next.store(writer, null);
            channel.force(true);
        }
        Files.move(written, path.resolve(STATE), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(path, StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    /**
     * The port to use: the fixed one, else the one of an earlier run if it is free, else a new one.
     *
     * @param key the name under which the port is remembered
     * @param fixed 0 for any
     * @throws IOException if what is remembered is no port, or cannot be written
     */
    public int port(String key, int fixed) throws IOException {
        int port = fixed;
        if (port == 0) {
            String text = state.getProperty(key);
            int earlier = text == null ? 0 : checked(path, key, text);
            port = earlier != 0 && Ports.isFree(earlier) ? earlier : Ports.free();
        }
        remember(key, Integer.toString(port));
        return port;
    }

    private static int checked(Path folder, String key, String text) throws IOException {
        // a number of at most five digits
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        if (port < 1 || port > LAST_PORT) {
            throw new IOException("the '" + key + "' in " + folder.resolve(STATE) + " is '" + text
                    + "' and no port: take that line out, and another port is chosen");
        }
        return port;
    }

    /** Removes the folder if it is temporary, else lets it go for others. The server must have ended. */
    public void discard() {
        try {
            if (lock == null) {
                delete(path);
            } else {
                lock.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Could not " + (lock == null ? "remove the temporary folder " : "let go of the folder ") + path, e);
        }
    }

    /** Removes a folder with all that is in it, whatever else removes from it meanwhile. */
    public static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new ChangingTreeVisitor() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
