package dev.freshet.capture;

import dev.freshet.model.EventRecord;
import dev.freshet.model.Position;
import dev.freshet.model.event.PublishedEvent;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the events that an outbox table had before its rows came by the log. Belongs to one thread. */
public interface OutboxReader extends AutoCloseable {
    /** Allots a transaction id and gives it back by a commit; everything that began before has a lower one. */
    long allotTransactionId();

    /** Returns what the table shows now. */
    OutboxSnapshot snapshot();

    /**
     * Which events of the table are meant.
     *
     * @param streams names of streams
     * @param others whether those of all other streams are meant instead
     */
    record Part(Set<String> streams, boolean others) {
        /** Returns one stream's. */
        public static Part of(String stream) {
            return new Part(Set.of(stream), false);
        }

        /** Returns those of all streams but these. */
        public static Part allBut(Set<String> streams) {
            return new Part(Set.copyOf(streams), true);
        }
    }

    /**
     * A row of the table.
     *
     * @param id its id
     * @param stream the stream that it names
     * @param event the event that it holds; null if it cannot be read as one
     * @param content what can be kept of it then: its payload, or nothing
     * @param reason what is wrong with it then, without its data
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Row(UUID id, String stream, @Nullable PublishedEvent event, byte[] content, String reason) {
        private static final byte[] NOTHING = {};

        /** Returns a row that holds an event. */
        public static Row of(PublishedEvent event) {
            return new Row(event.id(), event.stream(), event, NOTHING, "");
        }

        /** Returns the row as an event of the log, at a position. */
        public LogEvent.Publication at(Position position, Instant committedAt) {
            return event == null
                    ? new LogEvent.Unreadable(
                            position,
                            committedAt,
                            id,
                            stream,
                            content,
                            "the row " + id + " of the outbox table: " + reason)
                    : new LogEvent.Published(new EventRecord(event, position, committedAt), true);
        }
    }

    /**
     * Returns the next rows of a part of the table in the order of their ids.
     *
     * @param snapshot those of the transactions that it shows are returned
     * @param after the id of the last one returned before; null to begin
     * @param most how many to return at most
     * @return fewer than {@code most} if they are the last
     * @throws dev.freshet.model.RetriableException if the source is away, or the table cannot be read now
     * @throws dev.freshet.model.FreshetException if it is not an outbox table
     */
    List<Row> read(Part part, OutboxSnapshot snapshot, @Nullable UUID after, int most);

    /** Closes the connection. */
    @Override
    void close();
}
