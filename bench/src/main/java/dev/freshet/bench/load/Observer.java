package dev.freshet.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Looks for rows at the other end. A look is made by one thread, which makes the next one at once.
 *
 * <p>A copy is asked over and over for rows not seen yet, with 1 ms between: a row is seen up to 1.2 ms late, and the
 * load is small and the same for all contenders (at 0.2 ms it was half a core, which all contenders missed). A topic is read by a consumer of committed
 * records, to which the broker answers at once.
 */
public interface Observer extends AutoCloseable {
    /** Looks once and takes note of the rows that are there. */
    void look(Latencies latencies) throws SQLException;

    @Override
    void close() throws SQLException;

    /** An observer of the first partition of a topic, from its present end on. */
    static Observer ofTopic(String bootstrapServers, String topic) {
        Map<String, Object> config = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        TopicPartition partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
        consumer.seekToEnd(List.of(partition));
        consumer.position(partition);
        return new Observer() {
            @Override
            public void look(Latencies latencies) {
                for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofMillis(10))) {
                    latencies.seen(TopicWatch.id(r.key()));
                }
            }

            @Override
            public void close() {
                consumer.close();
            }
        };
    }

    /** An observer of a copy; the connection becomes the observer's. */
    static Observer ofCopy(Connection connection, String copy) throws SQLException {
        try (Statement settings = connection.createStatement()) {
            // a plan made while the table was small would read all of it, ever longer, and take half a core
            settings.execute("SET enable_seqscan = off; SET enable_bitmapscan = off");
        }
        PreparedStatement query =
                connection.prepareStatement("SELECT id FROM " + copy + " WHERE id >= ? ORDER BY id LIMIT 1000");
        return new Observer() {
            private long next;

            @Override
            public void look(Latencies latencies) throws SQLException {
                // rows of several writers need not come in the order of their ids
                next = Math.max(next, latencies.firstId());
                while (next < latencies.firstId() + latencies.rows() && latencies.isSeen(next)) {
                    next++;
                }
                query.setLong(1, next);
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        latencies.seen(rows.getLong(1));
                    }
                }
                LockSupport.parkNanos(1_000_000);
            }

            @Override
            public void close() throws SQLException {
                connection.close();
            }
        };
    }
}
