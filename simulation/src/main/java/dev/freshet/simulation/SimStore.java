package dev.freshet.simulation;

import dev.freshet.model.Position;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.ParkedKey;
import dev.freshet.replica.port.RecordKey;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.stream.Partition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The simulated database of a replica's copies: rows with locks, read as committed. Who meets the lock of another session is
 * told so at once.
 */
final class SimStore {
    /** For so long a session may be idle in a transaction. */
    static final Duration IDLE_LIMIT = Duration.ofSeconds(1);

    /** A row: what is committed, and what the session that has locked it sees. */
    static final class Cell<T> {
        @Nullable
        T committed;

        @Nullable
        T pending;

        @Nullable
        SimSession owner;
    }

    /** A copy's table. */
    static final class Table {
        final Map<String, Cell<String>> rows = new HashMap<>();
        final Set<SimSession> writers = new HashSet<>();

        Map<String, String> committed() {
            Map<String, String> all = new TreeMap<>();
            rows.forEach((key, cell) -> {
                if (cell.committed != null) {
                    all.put(key, cell.committed);
                }
            });
            return all;
        }
    }

    /** A partition of a fill. */
    record PositionKey(String stream, long fill, int partition) {}

    /** A key of a stream. */
    record ParkedId(String stream, RecordKey key) {}

    /** The active instance of a replica; without a time it has let go. */
    record Holder(
            String instance, long generation, @Nullable Instant seenAt) {}

    /** What services are told. */
    record Report(
            boolean complete,
            @Nullable Position position,
            @Nullable Instant completeTo,
            Instant validUntil,
            String reason) {}

    final InstantSource clock;
    final Rules rules;
    final Map<String, Cell<StreamRow>> streams = new TreeMap<>();
    final Map<PositionKey, Cell<Owned>> positions = new HashMap<>();
    final Map<ParkedId, Cell<ParkedKey>> parked = new HashMap<>();
    final Map<String, Cell<Report>> reports = new TreeMap<>();
    final Map<String, Cell<Table>> tables = new TreeMap<>();
    final Cell<Holder> active = new Cell<>();
    final List<SimSession> sessions = new ArrayList<>();
    /** How often something was committed. */
    long commits;

    SimStore(InstantSource clock, Rules rules) {
        this.clock = clock;
        this.rules = rules;
    }

    Instant now() {
        return clock.instant();
    }

    /** Returns the committed row of a stream, or null. */
    @Nullable
    StreamRow stream(String stream) {
        Cell<StreamRow> cell = streams.get(stream);
        return cell == null ? null : cell.committed;
    }

    /** Returns a stream's committed table. */
    Map<String, String> rows(String stream) {
        Cell<Table> cell = tables.get(stream);
        return cell == null || cell.committed == null ? Map.of() : cell.committed.committed();
    }

    /** Returns the committed positions of the fill that a stream's table holds. */
    List<Owned> owned(StreamRow row) {
        List<Owned> found = new ArrayList<>();
        for (int p = 0; ; p++) {
            Cell<Owned> cell = positions.get(new PositionKey(row.stream(), row.fill(), p));
            if (cell == null || cell.committed == null) {
                return found;
            }
            found.add(cell.committed);
        }
    }

    /** Returns the last position that the copy has of a partition, whatever the fill. */
    Position seen(Partition partition) {
        Position last = Position.ZERO;
        for (Cell<Owned> cell : positions.values()) {
            Owned o = cell.committed;
            if (o != null && partition.topic().endsWith('.' + o.stream()) && partition.number() == o.partition()) {
                last = o.position().isAfter(last) ? o.position() : last;
            }
        }
        return last;
    }
}
