package dev.freshet.simulation;

import dev.freshet.model.EventRecord;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.simulation.EventTruth.Committed;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The events of a database that is polled, and what holds of their numbers. */
final class PolledTruths implements EventTruths {
    private final PolledServer server;
    private final SimKafka kafka;
    private final Map<Integer, PolledTruth> truths = new HashMap<>();
    private @Nullable Cursor seen;
    private long boundaries;

    PolledTruths(PolledServer server, SimKafka kafka) {
        this.server = server;
        this.kafka = kafka;
    }

    /** Returns how many boundaries were checked. */
    long boundaries() {
        return boundaries;
    }

    @Override
    public EventTruth truth(int epoch) {
        PolledData data = server.data(epoch);
        PolledTruth known = truths.get(epoch);
        if (known == null || !known.isOf(data)) {
            known = new PolledTruth(epoch, data);
            truths.put(epoch, known);
        }
        return known;
    }

    @Override
    public EventTruth present(int epoch) {
        return new PolledTruth(epoch, server.data);
    }

    @Override
    public boolean isFollowed(int epoch) {
        return server.data(epoch) == server.data;
    }

    @Override
    public void onClear(Consumer<Collection<UUID>> told) {
        server.onClear = told;
    }

    @Override
    public void born(EventRecord record, Committed event) {
        UUID numbered = server.data(record.position().epoch())
                .used
                .get(record.position().lsn());
        if (!event.id().equals(numbered)) {
            throw new Violation("N3: " + record + " was sent at " + record.position()
                    + ", a number which the database has for " + numbered);
        }
    }

    /** Checks the newest entry of the ledger. */
    void check() {
        Cursor cursor = kafka.cursor();
        Boundary boundary = cursor == null ? null : cursor.boundary();
        if (cursor == null || boundary == null || cursor.equals(seen)) {
            return;
        }
        seen = cursor;
        boundaries++;
        // one loss may begin several: a relay that stood still takes the slot away that another one has made for it
        if (cursor.epoch() > 1 && server.losses == 0) {
            throw new Violation("N4: the epoch " + cursor.epoch() + " was begun, and nothing was lost");
        }
        Instant completeTo = boundary.completeTo();
        if (completeTo != null && cursor.loss() == null && server.isOnTime()) {
            checkComplete(cursor.epoch(), boundary, completeTo);
        }
    }

    /** I3: what could be seen before a time to which the ledger is complete lies below its boundary. */
    private void checkComplete(int epoch, Boundary boundary, Instant completeTo) {
        for (Committed event : truth(epoch).all()) {
            if (event.tx().lsn() >= boundary.position().lsn() && event.tx().at().isBefore(completeTo)) {
                throw new Violation("I3: the ledger is complete to " + completeTo + " at " + boundary.position()
                        + ", but " + event + " could be seen before");
            }
        }
    }
}
