package dev.freshet.examples.shipping;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The statements of {@link OrderEventReader}, over one connection, whose auto-commit is off. Belongs to one thread. */
final class OrderEventTable implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement again;
    private final PreparedStatement move;

    OrderEventTable(Connection connection) throws SQLException {
        this.connection = connection;
        insert = connection.prepareStatement(
                "INSERT INTO order_event (event_id, order_key, event_type, payload, publisher) VALUES (?, ?, ?, ?, ?)"
                        + " ON CONFLICT (event_id) DO NOTHING");
        again = connection.prepareStatement("UPDATE order_event SET times = times + 1 WHERE event_id = ?");
        move = connection.prepareStatement("INSERT INTO order_event_place VALUES (?, ?, ?)"
                + " ON CONFLICT (topic, kafka_partition) DO UPDATE SET next_offset = excluded.next_offset");
    }

    /** Returns the offset at which to go on in a partition; 0 at first. */
    long place(TopicPartition partition) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT next_offset FROM order_event_place WHERE topic = ? AND kafka_partition = ?")) {
            query.setString(1, partition.topic());
            query.setInt(2, partition.partition());
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    /** Adds an event to those that {@link #write} writes. */
    void add(UUID id, @Nullable String key, String type, @Nullable String payload, @Nullable String publisher)
            throws SQLException {
        insert.setObject(1, id);
        insert.setString(2, key == null ? "" : key);
        insert.setString(3, type);
        insert.setString(4, payload);
        insert.setString(5, publisher);
        insert.addBatch();
    }

    /**
     * Writes the events that were added, and takes note of those that are there already.
     *
     * @param ids their ids, in the order in which they were added
     * @return how many are new
     */
    int write(List<UUID> ids) throws SQLException {
        int fresh = 0;
        int[] inserted = insert.executeBatch();
        for (int i = 0; i < inserted.length; i++) {
            fresh += inserted[i];
            if (inserted[i] == 0) {
                again.setObject(1, ids.get(i));
                again.executeUpdate();
            }
        }
        return fresh;
    }

    /** Moves the place in a partition. */
    void move(TopicPartition partition, long nextOffset) throws SQLException {
        move.setString(1, partition.topic());
        move.setInt(2, partition.partition());
        move.setLong(3, nextOffset);
        move.executeUpdate();
    }

    void commit() throws SQLException {
        connection.commit();
    }

    @Override
    public void close() throws SQLException {
        insert.close();
        again.close();
        move.close();
    }
}
