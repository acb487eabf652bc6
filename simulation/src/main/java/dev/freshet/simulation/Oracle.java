package dev.freshet.simulation;

import dev.freshet.model.Position;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.replica.Consistency;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.simulation.SimLog.Rec;
import dev.freshet.simulation.SimStore.Cell;
import dev.freshet.simulation.SimStore.PositionKey;
import dev.freshet.simulation.SimStore.Report;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Knows what the source was at every position, and checks the invariants after every step in which something changed. */
final class Oracle {
    private final SimDatabase db;
    private final SimKafka kafka;
    private final SimStore store;
    private final @Nullable WholeOracle whole;
    private final @Nullable EventOracle events;
    private final Map<PositionKey, Owned> reached = new HashMap<>();
    private @Nullable Cursor seen;
    private long commitsSeen;
    private long claims;
    private long boundaries;

    Oracle(SimDatabase db, SimKafka kafka, SimStore store, Consistency consistency, @Nullable EventOracle events) {
        this.db = db;
        this.kafka = kafka;
        this.store = store;
        this.events = events;
        this.whole = consistency == Consistency.PER_TRANSACTION ? new WholeOracle(this, kafka, store) : null;
    }

    /** Returns how many claims of copies were checked. */
    long claims() {
        return claims;
    }

    /** Returns how many states of a per-transaction copy were checked that followed one another. */
    long moves() {
        return whole == null ? 0 : whole.moves();
    }

    /** Returns how many records of events and dead letters were checked. */
    long events() {
        return events == null ? 0 : events.events();
    }

    /** Returns how many boundaries of running streams were checked. */
    long boundaries() {
        return boundaries;
    }

    void check() {
        Cursor cursor = kafka.cursor();
        if (cursor != null && !cursor.equals(seen)) {
            seen = cursor;
            checkTopics(cursor);
        }
        if (events != null) {
            events.check();
        }
        if (store.commits != commitsSeen) {
            commitsSeen = store.commits;
            checkPositions();
            checkEffects();
            checkClaims();
            if (whole != null) {
                whole.check();
            }
        }
    }

    /** I1 and I2: positions rise in every partition, and below a boundary's offsets the topic is the table. */
    private void checkTopics(Cursor cursor) {
        if (cursor.boundary() == null) {
            return;
        }
        for (StreamEntry entry : cursor.streams().values()) {
            OffsetVector vector = cursor.boundary().offsets().get(entry.topic());
            List<SimLog> logs = kafka.topics.get(entry.topic());
            if (entry.isOfEvents()
                    || entry.status() != StreamStatus.RUNNING
                    || vector == null
                    || logs == null
                    || !entry.topicId().equals(kafka.ids.get(entry.topic()))) {
                continue;
            }
            Map<String, String> copy = new HashMap<>();
            for (int p = 0; p < logs.size(); p++) {
                replay(entry.topic() + '-' + p, logs.get(p), (int) vector.offset(p), true)
                        .forEach((key, r) -> put(copy, key, r));
            }
            Position boundary = cursor.boundary().position();
            Map<String, String> truth = truth(entry.stream(), boundary);
            List<Map<String, String>> unseen =
                    unseen(entry.stream(), boundary, cursor.boundary().completeTo());
            if (!holdsOneOf(copy, truth, unseen)) {
                throw new Violation("I2: at the boundary " + cursor.boundary().position() + " the topic "
                        + entry.topic() + " is " + copy + ", but the table " + truth);
            }
            boundaries++;
        }
    }

    /** Returns whether rows are what a table was at a boundary, but for changes that no look has seen yet. */
    boolean isTable(String stream, Map<String, String> rows, Boundary at) {
        return holdsOneOf(rows, truth(stream, at.position()), unseen(stream, at.position(), at.completeTo()));
    }

    private static void put(Map<String, String> copy, String key, Rec r) {
        byte[] value = r.value();
        if (value != null) {
            copy.put(key, new String(value, StandardCharsets.UTF_8));
        }
    }

    private Map<String, String> truth(String stream, Position at) {
        return texts(db.at(stream, db.log(at.epoch()), at.lsn()));
    }

    /** What the source was but for changes without row messages that no look at the catalog has seen yet, all or the last. */
    private List<Map<String, String>> unseen(String stream, Position at, @Nullable Instant completeTo) {
        Instant since = completeTo == null ? Instant.MIN : completeTo;
        return db.unseen(stream, db.log(at.epoch()), at.lsn(), since).stream()
                .map(Oracle::texts)
                .toList();
    }

    private static Map<String, String> texts(Map<Integer, String> rows) {
        Map<String, String> texts = new HashMap<>();
        rows.forEach((k, v) -> texts.put(
                new String(SimDatabase.key(k), StandardCharsets.UTF_8),
                new String(SimDatabase.row(k, v), StandardCharsets.UTF_8)));
        return texts;
    }

    private static boolean holdsOneOf(
            Map<String, String> copy, Map<String, String> one, List<Map<String, String>> others) {
        if (copy.equals(one)) {
            return true;
        }
        Set<String> keys = new HashSet<>(copy.keySet());
        keys.addAll(one.keySet());
        others.forEach(other -> keys.addAll(other.keySet()));
        return keys.stream()
                .allMatch(k -> Objects.equals(copy.get(k), one.get(k))
                        || others.stream().anyMatch(other -> Objects.equals(copy.get(k), other.get(k))));
    }

    /** Returns by key the last record below an offset that counts; what is not above the one before it does not. */
    private static Map<String, Rec> replay(String where, SimLog log, int end, boolean strict) {
        Map<String, Rec> last = new HashMap<>();
        Position position = Position.ZERO;
        for (Rec r : log.records().subList(0, Math.min(end, log.size()))) {
            if (!r.committed()) {
                continue;
            }
            if (!r.position().isAfter(position)) {
                if (strict) {
                    throw new Violation("I1: " + where + " has " + r.position() + " behind " + position);
                }
                continue;
            }
            position = r.position();
            last.put(String.valueOf(r.key()), r);
        }
        return last;
    }

    /** I1: what a copy has applied only rises, in each fill. */
    private void checkPositions() {
        store.positions.forEach((key, cell) -> {
            Owned now = cell.committed;
            if (now == null) {
                return;
            }
            Owned before = reached.put(key, now);
            if (before != null
                    && (before.position().isAfter(now.position()) || before.nextOffset() > now.nextOffset())) {
                throw new Violation("I1: the copy of " + key + " went from " + before.position() + " @"
                        + before.nextOffset() + " back to " + now.position() + " @" + now.nextOffset());
            }
        });
    }

    /** I4: the copy is what its offsets say, but for what compaction has taken before the copy read it. */
    private void checkEffects() {
        for (Cell<StreamRow> cell : store.streams.values()) {
            StreamRow row = cell.committed;
            if (row == null || row.fill() == 0) {
                continue;
            }
            List<SimLog> logs = kafka.topics.get(row.topic());
            List<Owned> owned = store.owned(row);
            if (logs == null || owned.size() != logs.size() || !row.topicId().equals(kafka.ids.get(row.topic()))) {
                // it is read on under its name until the copy is filled anew
                continue;
            }
            Map<String, String> rows = new HashMap<>(store.rows(row.stream()));
            for (int p = 0; p < logs.size(); p++) {
                for (Map.Entry<String, Rec> e : replay(
                                "", logs.get(p), (int) owned.get(p).nextOffset(), false)
                        .entrySet()) {
                    String has = rows.remove(e.getKey());
                    byte[] value = e.getValue().value();
                    String wanted = value == null ? null : new String(value, StandardCharsets.UTF_8);
                    if (!Objects.equals(has, wanted) && !e.getValue().gone()) {
                        throw new Violation("I4: the copy of " + row.stream() + "-" + p + " at offset "
                                + owned.get(p).nextOffset() + " has " + has + " where the topic has " + wanted);
                    }
                }
            }
            if (!rows.isEmpty()) {
                throw new Violation("I4: the copy of " + row.stream() + " has rows that its topic never had: " + rows);
            }
        }
    }

    /** I3: who says that it is complete is, at the boundary that it names. */
    private void checkClaims() {
        for (Cell<Report> cell : store.reports.values()) {
            Report report = cell.committed;
            if (report == null || !report.complete()) {
                continue;
            }
            claims++;
            Position position = report.position();
            if (position == null) {
                throw new Violation("I3: a copy is complete without a boundary");
            }
            for (String stream : db.streams) {
                checkClaim(stream, report, position);
            }
        }
    }

    private void checkClaim(String stream, Report report, Position position) {
        StreamRow row = store.stream(stream);
        if (row == null || !row.filled()) {
            throw new Violation("I3: a copy is complete while " + stream + " is to be filled: " + row);
        }
        for (Owned o : store.owned(row)) {
            if (o.stopped() != null) {
                throw new Violation("I3: a copy is complete while " + stream + '-' + o.partition() + " is stopped");
            }
        }
        Map<String, String> rows = store.rows(stream);
        Map<String, String> truth = truth(stream, position);
        List<Map<String, String>> unseen = unseen(stream, position, report.completeTo());
        Map<String, Set<String>> later = later(stream, position);
        Set<String> keys = new HashSet<>(rows.keySet());
        keys.addAll(truth.keySet());
        for (String key : keys) {
            String has = rows.getOrDefault(key, "");
            if (!has.equals(truth.getOrDefault(key, ""))
                    && unseen.stream().noneMatch(u -> has.equals(u.getOrDefault(key, "")))
                    && !later.getOrDefault(key, Set.of()).contains(has)) {
                throw new Violation("I3: a copy is complete at " + position + ", but of " + stream + " it has " + key
                        + " as '" + has + "' and the source '" + truth.getOrDefault(key, "") + "'");
            }
        }
        if (report.completeTo() != null) {
            List<SimTx> followed = db.log(position.epoch());
            for (SimTx tx : followed) {
                if (tx.at().isBefore(report.completeTo()) && tx.endLsn() > position.lsn()) {
                    throw new Violation("I3: a copy is complete to " + report.completeTo() + " at " + position
                            + ", but before that " + tx + " was committed");
                }
            }
            for (SimDatabase.History h : db.since(followed)) {
                checkNothingElse(h, report);
            }
        }
    }

    /** Who is complete to a time has what any server of the name had committed before. */
    private static void checkNothingElse(SimDatabase.History h, Report report) {
        for (SimTx tx : h.log()) {
            if (!tx.at().isBefore(h.since()) && tx.at().isBefore(report.completeTo()) && tx.changes()) {
                throw new Violation("I3: a copy is complete to " + report.completeTo() + " at " + report.position()
                        + ", but before that " + tx + " was committed at a source that is another history");
            }
        }
    }

    /** Returns by key the values that were written after a position; a deletion is an empty text. */
    private Map<String, Set<String>> later(String stream, Position position) {
        Map<String, Set<String>> later = new HashMap<>();
        List<SimTx> followed = db.log(position.epoch());
        addLater(later, stream, followed, tx -> tx.endLsn() > position.lsn());
        for (SimDatabase.History h : db.since(followed)) {
            addLater(later, stream, h.log(), tx -> !tx.at().isBefore(h.since()));
        }
        return later;
    }

    private static void addLater(
            Map<String, Set<String>> later, String stream, List<SimTx> log, Predicate<SimTx> isLater) {
        for (SimTx tx : log) {
            for (SimItem i : isLater.test(tx) ? tx.items() : List.<SimItem>of()) {
                if (i.stream().equals(stream) && i.truncates()) {
                    IntStream.range(0, SimDatabase.KEYS).forEach(k -> later.computeIfAbsent(
                                    new String(SimDatabase.key(k), StandardCharsets.UTF_8), key -> new HashSet<>())
                            .add(""));
                } else if (i.stream().equals(stream) && i.key() >= 0) {
                    String value = i.value();
                    later.computeIfAbsent(
                                    new String(SimDatabase.key(i.key()), StandardCharsets.UTF_8), k -> new HashSet<>())
                            .add(
                                    value == null
                                            ? ""
                                            : new String(SimDatabase.row(i.key(), value), StandardCharsets.UTF_8));
                }
            }
        }
    }

    /** Returns why not everything is complete and equal, or null if it is. */
    @Nullable
    String unfinished() {
        Cell<Report> cell = store.reports.get("shop");
        Report report = cell == null ? null : cell.committed;
        Position position = report == null ? null : report.position();
        if (report == null || position == null || !report.complete()) {
            return "the copy is not complete: " + (report == null ? "no report" : report.reason());
        }
        if (db.log(position.epoch()) != db.log() || position.lsn() < lastChange()) {
            return "the copy is at " + position + ", the source at " + db.end;
        }
        for (String stream : db.streams) {
            Map<String, String> truth = texts(db.at(stream, db.log(), Long.MAX_VALUE));
            if (!store.rows(stream).equals(truth)) {
                return "the copy of " + stream + " is " + store.rows(stream) + ", the source " + truth;
            }
        }
        return null;
    }

    private long lastChange() {
        for (int i = db.log().size() - 1; i >= 0; i--) {
            SimTx tx = db.log().get(i);
            if (tx.changes()) {
                return tx.endLsn();
            }
        }
        return 0;
    }
}
