package dev.freshet.capture;

import dev.freshet.model.Change;
import dev.freshet.model.EventRecord;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.SchemaRecord;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What stands in a source's log. */
public sealed interface LogEvent {
    /**
     * A transaction begins; its changes follow until {@link Committed}.
     *
     * @param xid its 64-bit transaction id
     * @param lsn its commit record's LSN, the same as in its changes' positions
     * @param committedAt when it committed, by the source's clock
     */
    record Begun(long xid, long lsn, Instant committedAt) implements LogEvent {}

    /**
     * A row has changed. A key change comes as a delete and a create, at one ordinal with sub-ordinals 0 and 1.
     *
     * @param change the change
     */
    record Row(Change change) implements LogEvent {}

    /**
     * The shape of a stream's values from here on; comes before the first change that has it, and where it changes.
     *
     * @param schema the schema
     * @param position the position of the message before which it stands, inside its transaction
     */
    record Schema(SchemaRecord schema, Position position) implements LogEvent {}

    /**
     * A stream's rows have changed in a way that its topic cannot follow, such as TRUNCATE.
     *
     * @param stream the stream
     * @param position where
     * @param harm what it means for the stream, never {@link Harm#NONE}
     * @param reason what happened, in a sentence
     */
    record Broken(String stream, Position position, Harm harm, String reason) implements LogEvent {}

    /**
     * A watermark that {@link SnapshotReader#mark} wrote, this relay's or a former one's.
     *
     * @param text what was marked
     * @param position its position
     * @param xid the 64-bit id of its transaction
     */
    record Marked(String text, Position position, long xid) implements LogEvent {}

    /** A service has published something: a row of the outbox table, or a message in the log. */
    sealed interface Publication extends LogEvent {
        /** Returns where it was committed. */
        Position position();

        /** Returns when it was committed, by the source's clock. */
        Instant committedAt();

        /** Returns the stream that a row of the outbox table names; null for a message, and where it cannot be read. */
        @Nullable
        String tableStream();

        /** Returns about how many bytes it has. */
        int bytes();
    }

    /**
     * A service has published an event.
     *
     * @param record the event
     * @param byTable whether it is a row of the outbox table; else it is a message in the log alone
     */
    record Published(EventRecord record, boolean byTable) implements Publication {
        @Override
        public Position position() {
            return record.position();
        }

        @Override
        public Instant committedAt() {
            return record.committedAt();
        }

        @Override
        public @Nullable String tableStream() {
            return byTable ? record.stream() : null;
        }

        @Override
        public int bytes() {
            return record.bytes();
        }
    }

    /**
     * What should be an event cannot be read as one.
     *
     * @param id the row's id; null for a message, and where it cannot be read
     * @param content what can be kept of it, not to be written to
     * @param reason what is wrong with it, without its data
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Unreadable(
            Position position,
            Instant committedAt,
            @Nullable UUID id,
            @Nullable String tableStream,
            byte[] content,
            String reason)
            implements Publication {
        @Override
        public int bytes() {
            return content.length;
        }
    }

    /**
     * A logical message of another program.
     *
     * @param prefix its prefix
     * @param position its position; for one outside transactions a boundary's
     * @param content its content, not to be written to
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Message(String prefix, Position position, byte[] content) implements LogEvent {}

    /**
     * A transaction has ended.
     *
     * @param endLsn the end of its commit record: a boundary
     */
    record Committed(long endLsn) implements LogEvent {}

    /**
     * The log was read up to here, outside every transaction, and nothing for us stood there.
     *
     * @param lsn a boundary
     */
    record Reached(long lsn) implements LogEvent {}
}
