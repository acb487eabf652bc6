package dev.freshet.stream;

import dev.freshet.model.Position;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ledger records for tests. */
final class Ledgers {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final String ORDERS = "shop.orders";
    static final String CUSTOMERS = "shop.customers";

    private Ledgers() {}

    static Position at(long lsn) {
        return Position.boundary(1, lsn);
    }

    static StreamEntry stream(String topic, int partitions) {
        return new StreamEntry(
                topic.substring(topic.lastIndexOf('.') + 1),
                topic,
                "id-" + topic,
                partitions,
                "print",
                "version",
                StreamStatus.SNAPSHOTTING,
                at(0),
                null,
                new SnapshotProgress("", 5, 10));
    }

    static Map<String, OffsetVector> offsets(String topic, long... offsets) {
        return Map.of(topic, OffsetVector.of(offsets));
    }

    static Boundary boundary(long lsn, Map<String, OffsetVector> offsets) {
        return new Boundary(at(lsn), START.plusSeconds(lsn), offsets);
    }

    static Cursor cursor(Boundary boundary, boolean atBoundary, StreamEntry... streams) {
        return cursor(1, 1, boundary, atBoundary, streams);
    }

    static Cursor cursor(int epoch, long timeline, Boundary boundary, boolean atBoundary, StreamEntry... streams) {
        Map<String, StreamEntry> byName = new HashMap<>();
        List.of(streams).forEach(s -> byName.put(s.stream(), s));
        Position write = atBoundary
                ? boundary.position()
                : new Position(epoch, boundary.position().lsn() + 1, 1, 0);
        return new Cursor(
                "incarnation",
                new SourceIdentity("shop", "postgresql", "77", timeline, "shop", "freshet_shop"),
                epoch,
                write,
                Map.of(),
                boundary,
                null,
                atBoundary,
                START,
                byName);
    }
}
