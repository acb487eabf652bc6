package dev.freshet.embedded;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * One Kafka and one PostgreSQL, started at the same time.
 *
 * @param kafka the node
 * @param postgres the server
 */
public record EmbeddedServers(EmbeddedKafka kafka, EmbeddedPostgres postgres) implements AutoCloseable {

    /** Starts both in temporary folders, which are removed at the end. */
    public static EmbeddedServers start() {
        return start(EmbeddedKafka.builder(), EmbeddedPostgres.builder());
    }

    /**
     * Starts both on data kept under one folder, {@code .freshet} by custom: Kafka's in {@code kafka}, PostgreSQL's in
     * {@code postgresql}. A later start finds the data again and takes the same ports if they are free.
     */
    public static EmbeddedServers start(Path directory) {
        return start(
                EmbeddedKafka.builder().directory(directory.resolve("kafka")),
                EmbeddedPostgres.builder().directory(directory.resolve("postgresql")));
    }

    /**
     * Starts both with the given settings and returns when both serve clients.
     *
     * @throws ServerStartException if one does not come up; the other is then closed
     */
    public static EmbeddedServers start(EmbeddedKafka.Builder kafka, EmbeddedPostgres.Builder postgres) {
        CompletableFuture<EmbeddedKafka> broker = new CompletableFuture<>();
        Thread starter = new Thread(
                () -> {
                    try {
                        broker.complete(kafka.start());
                    } catch (RuntimeException | Error e) {
                        broker.completeExceptionally(e);
                    }
                },
                "freshet-kafka-start");
        starter.setDaemon(true);
        starter.start();
        EmbeddedPostgres database;
        try {
            database = postgres.start();
        } catch (RuntimeException e) {
            try {
                broker.join().close();
            } catch (RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
        try {
            return new EmbeddedServers(broker.join(), database);
        } catch (CompletionException e) {
            database.close();
            if (e.getCause() instanceof EmbeddedException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Closes both: stops what is kept, removes what is temporary. */
    @Override
    public void close() {
        try {
            kafka.close();
        } finally {
            postgres.close();
        }
    }
}
