package dev.freshet.embedded;

import dev.freshet.embedded.internal.ServerFolder;
import java.io.IOException;
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

    /** Keeps the data in this folder, which is created if needed. Default: a temporary folder, removed at the end. */
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
     * @throws ServerStartException if it does not come up, with the end of its log
     */
    public final S start() {
        S server;
        try {
            server = create(ServerFolder.open(directory, name));
        } catch (IOException e) {
            throw new ServerStartException("The folder of the embedded " + name + " cannot be used: " + e, e);
        }
        server.startFirst();
        return server;
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
