package dev.freshet.embedded.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * Finds the Kafka that another process runs in a folder. A server that has only just taken the folder still has its last
 * run's port on file, which may be another Kafka's by now: only one that names the folder's cluster is the one.
 */
public final class ClusterSearch {

    private static final Duration RETRY = Duration.ofMillis(200);
    private static final String ANSWER_MILLIS = "5000";

    private ClusterSearch() {}

    /**
     * Returns where it is reached, or empty if it has not answered within the limit or if the folder never had one.
     *
     * @throws IOException if what the folder remembers cannot be read
     */
    public static Optional<String> find(Path folder, Duration limit) throws IOException {
        long began = System.nanoTime();
        do {
            Optional<Integer> port = ServerFolder.recallPort(folder, "port");
            Optional<String> cluster = ServerFolder.recall(folder, "cluster.id");
            if (port.isPresent() && cluster.isPresent() && Ports.accepts(port.get())) {
                String address = "127.0.0.1:" + port.get();
                if (isCluster(address, cluster.get())) {
                    return Optional.of(address);
                }
            }
            LockSupport.parkNanos(RETRY.toNanos());
        } while (System.nanoTime() - began < limit.toNanos()
                && !Thread.currentThread().isInterrupted());
        return Optional.empty();
    }

    private static boolean isCluster(String address, String id) {
        try (Admin admin = Admin.create(Map.of(
                "bootstrap.servers", address,
                "request.timeout.ms", ANSWER_MILLIS,
                "default.api.timeout.ms", ANSWER_MILLIS))) {
            return id.equals(admin.describeCluster().clusterId().get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException) {
                // it does not answer yet, or speaks another language
                return false;
            }
            throw new IllegalStateException("The Kafka at " + address + " could not be asked for its cluster", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
