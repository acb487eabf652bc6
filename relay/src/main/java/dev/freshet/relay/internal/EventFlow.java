package dev.freshet.relay.internal;

import dev.freshet.capture.LogEvent;
import dev.freshet.model.EventRecord;
import dev.freshet.model.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The events of a source on their way: those of the log, and those that its outbox table had before. Belongs to the relay's thread. */
final class EventFlow implements AutoCloseable {
    private final EventRouting routing;
    private final OutboxBacklog backlog;
    private final Parking parking;

    EventFlow(EventRouting routing, OutboxBacklog backlog, Parking parking) {
        this.routing = routing;
        this.backlog = backlog;
        this.parking = parking;
    }

    /** Returns what keeps events of the outbox table from being sent; null if nothing does. */
    @Nullable
    String outboxTrouble() {
        return backlog.trouble();
    }

    /** Returns what waits among the dead letters; null if nothing does. */
    @Nullable
    String parked() {
        return parking.told();
    }

    /** Returns how many dead letters were made. */
    long letters() {
        return routing.letters();
    }

    /** Returns whether the log has to wait, between two transactions, while events that the table had before are sent. */
    boolean holdsLog() {
        backlog.probe();
        return backlog.holdsLog();
    }

    /** Returns the next records of events that the table had before; the log waits at a boundary that is in the ledger. */
    List<EventRecord> ofBefore() {
        List<EventRecord> records = new ArrayList<>();
        backlog.step(row -> routing.of(row).ifPresent(records::add));
        return records;
    }

    /**
     * Returns the record of what the log shows as published; empty if there is none to write.
     *
     * @param xid its transaction
     */
    Optional<EventRecord> of(LogEvent.Publication publication, long xid) {
        String stream = publication.tableStream();
        return stream != null && backlog.passesOver(stream, xid) ? Optional.empty() : routing.of(publication);
    }

    /** Takes note of a boundary that the next entry has. */
    void passed(Position boundary) {
        backlog.passed(boundary);
    }

    @Override
    public void close() {
        backlog.close();
    }
}
