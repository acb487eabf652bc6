package dev.freshet.embedded;

/**
 * A server ended although nobody had asked it to. The message names the server, its exit status and log file, and ends
 * with the end of that log. {@link EmbeddedServer#kill()} and {@link EmbeddedServer#stop()} do not count as dying.
 */
public final class ServerDiedException extends EmbeddedException {

    private final String server;
    private final int exitStatus;

    ServerDiedException(String server, int exitStatus, String message, String summary) {
        super(message, summary, null);
        this.server = server;
        this.exitStatus = exitStatus;
    }

    /** The server's name as its messages use it: {@code Kafka} or {@code PostgreSQL}. */
    public String server() {
        return server;
    }

    /** The exit status as a shell gives it: 128 plus the signal's number if a signal ended the server. */
    public int exitStatus() {
        return exitStatus;
    }
}
