package dev.freshet.embedded;

import dev.freshet.embedded.internal.FolderInUseException;
import dev.freshet.embedded.internal.ServerFolder;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What can be set of every embedded server. Not thread-safe.
 *
 * @param <S> the server
 * @param <B> the builder that the setters return
 */
public abstract sealed class EmbeddedServerBuilder<S extends EmbeddedServer, B extends EmbeddedServerBuilder<S, B>>
        permits EmbeddedKafka.Builder, EmbeddedPostgres.Builder {

    private final String name;
    private @Nullable Path directory;
    private int port;
    private Duration startLimit = Duration.ofSeconds(60);

    EmbeddedServerBuilder(String name) {
        this.name = name;
    }

    /**
     * Keeps the data in this folder, which is created if needed and serves one server at a time. Default: a temporary
     * folder, removed at the end.
     */
    public final B directory(Path kept) {
        this.directory = kept;
        return self();
    }

    /** The port to listen on. Default: that of an earlier run in the folder if it is free, else a free one. */
    public final B port(int fixed) {
        this.port = PortNumbers.check(fixed);
        return self();
    }

    /** How long the start may take before it is given up, recovery after a crash included. Default 60 s. */
    public final B startLimit(Duration limit) {
        this.startLimit = limit;
        return self();
    }

    /**
     * Starts the server and returns when it serves clients.
     *
     * @throws DataFolderException if its folder cannot be used; one that is {@linkplain DataFolderException#inUse() in use}
     *     was not touched
     * @throws ServerStartException if it does not come up, with the end of its log
     */
    public final S start() {
        try {
            return startIn(ServerFolder.open(directory, name));
        } catch (FolderInUseException e) {
            throw new DataFolderException(
                    "The folder " + e.getMessage() + ", and serves one at a time: end that one first, or take another"
                            + " folder",
                    true,
                    e);
        } catch (IOException e) {
            throw new DataFolderException(
                    "The folder " + (directory == null ? System.getProperty("java.io.tmpdir") : directory)
                            + " cannot hold the data of an embedded " + name + ": " + why(e),
                    false,
                    e);
        }
    }

    // whatever goes wrong lets the folder go, or it would be in use by this process as long as that lives
    private S startIn(ServerFolder folder) throws IOException {
        try {
            S server = create(folder);
            server.startFirst();
            return server;
        } catch (IOException | RuntimeException | Error e) {
            try {
                folder.discard();
            } catch (RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private String why(IOException e) {
        for (Path above = directory; above != null; above = above.getParent()) {
            if (Files.isRegularFile(above)) {
                return above + " is a file";
            }
        }
        if (e instanceof AccessDeniedException denied) {
            return "the user of this process may not write " + denied.getFile();
        }
        // those of the JDK's file system say little without their names
        return e.getClass() == IOException.class ? String.valueOf(e.getMessage()) : e.toString();
    }

    /** The port that was set, or 0. */
    final int fixedPort() {
        return port;
    }

    final Duration startLimit() {
        return startLimit;
    }

    abstract B self();

    abstract S create(ServerFolder folder) throws IOException;
}
