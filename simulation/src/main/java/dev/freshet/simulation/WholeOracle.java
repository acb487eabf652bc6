package dev.freshet.simulation;

import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.StreamRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the tables of a {@code per-transaction} copy are, all together, what the source was at one boundary at which
 * all of its streams were running: so whatever transactions leave as it is, such as a sum over tables, never is off.
 */
final class WholeOracle {
    private final Oracle oracle;
    private final SimKafka kafka;
    private final SimStore store;
    private final List<Cursor> boundaries = new ArrayList<>();
    private Map<String, Map<String, String>> checked = Map.of();
    private int ledgerRead;
    private long moves;

    WholeOracle(Oracle oracle, SimKafka kafka, SimStore store) {
        this.oracle = oracle;
        this.kafka = kafka;
        this.store = store;
    }

    /** Returns how many states were checked that followed one another. */
    long moves() {
        return moves;
    }

    /** Checks what is committed. */
    void check() {
        List<StreamRow> rows = new ArrayList<>();
        Map<String, Map<String, String>> tables = new TreeMap<>();
        for (String stream : World.STREAMS) {
            StreamRow row = store.stream(stream);
            if (row == null || row.fill() == 0) {
                return;
            }
            rows.add(row);
            tables.put(stream, store.rows(stream));
        }
        if (tables.equals(checked)) {
            return;
        }
        readLedger();
        for (int i = boundaries.size() - 1; i >= 0; i--) {
            if (isAt(boundaries.get(i), rows, tables)) {
                checked = tables;
                moves++;
                return;
            }
        }
        throw new Violation("I2: a copy is at no boundary of the source: it has " + tables + " at "
                + rows.stream().map(store::owned).toList());
    }

    private void readLedger() {
        SimLog log = kafka.ledger.get(0);
        if (ledgerRead > log.size()) {
            ledgerRead = 0;
        }
        for (int stable = log.stable(); ledgerRead < stable; ledgerRead++) {
            SimLog.Rec r = log.records().get(ledgerRead);
            if (r.committed() && LedgerKey.CURSOR.equals(r.key())) {
                Cursor cursor = LedgerCodec.decodeCursor(Objects.requireNonNull(r.value()));
                if (cursor.atBoundary()
                        && cursor.streams().values().stream()
                                .allMatch(e -> e.isOfEvents() || e.status() == StreamStatus.RUNNING)) {
                    boundaries.add(cursor);
                }
            }
        }
    }

    private boolean isAt(Cursor cursor, List<StreamRow> rows, Map<String, Map<String, String>> tables) {
        Boundary boundary = Objects.requireNonNull(cursor.boundary());
        for (StreamRow row : rows) {
            StreamEntry entry = cursor.streams().get(row.stream());
            OffsetVector vector = boundary.offsets().get(row.topic());
            if (entry == null
                    || vector == null
                    || !entry.topicId().equals(row.topicId())
                    || !hasRead(row, vector)
                    || !oracle.isTable(row.stream(), tables.getOrDefault(row.stream(), Map.of()), boundary)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a copy has read all records below the offsets, and none above; of a topic that is gone it is not known. */
    private boolean hasRead(StreamRow row, OffsetVector vector) {
        @Nullable List<SimLog> logs = kafka.topics.get(row.topic());
        if (logs == null || !row.topicId().equals(kafka.ids.get(row.topic()))) {
            return true;
        }
        List<Owned> owned = store.owned(row);
        for (int p = 0; p < logs.size(); p++) {
            int at = (int) owned.get(p).nextOffset();
            int end = (int) vector.offset(p);
            if (logs.get(p).records().subList(Math.min(at, end), Math.max(at, end)).stream()
                    .anyMatch(SimLog.Rec::committed)) {
                return false;
            }
        }
        return true;
    }
}
