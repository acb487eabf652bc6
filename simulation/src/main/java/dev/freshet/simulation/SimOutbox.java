package dev.freshet.simulation;

import dev.freshet.capture.OutboxSnapshot;
import dev.freshet.model.event.PublishedEvent;
import dev.freshet.simulation.SimEvent.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The events of a simulated source: its outbox table, messages in its log, and transactions that stay open. Transactions wait for
 * one another where they publish of the same key, as those do that change the same row.
 */
final class SimOutbox {
    static final List<String> STREAMS = List.of("cart", "bill", "nobody");
    static final int KEYS = 3;

    private final SimDatabase db;
    /** What open transactions have published, by their ids. */
    private final Map<Long, List<SimItem>> open = new TreeMap<>();
    /** What was ever published, in a transaction that has committed or not. */
    private int published;

    private long joinedAt = Long.MAX_VALUE;
    /** Told of the rows that are about to be taken away. */
    Consumer<Collection<UUID>> onClear = ids -> {};

    /** A row of the table. */
    record Row(long xid, PublishedEvent event) {}

    SimOutbox(SimDatabase db) {
        this.db = db;
    }

    /** The table joins the publication: the log tells of what is written from now on. */
    void join() {
        joinedAt = Math.min(joinedAt, db.end);
    }

    /** All connections are lost, and with them what was not committed. */
    void restarted() {
        open.clear();
        if (db.end < joinedAt) {
            joinedAt = Long.MAX_VALUE;
        }
    }

    /** Publishes some events, in a transaction that commits, stays open, or rolls back, or ends one that was open. */
    void publishSomething(Random random) {
        if (!open.isEmpty() && random.nextBoolean()) {
            end(random.nextInt(3) > 0, random.nextInt(4) == 0);
            return;
        }
        List<SimItem> items = new ArrayList<>();
        for (int n = 1 + random.nextInt(random.nextInt(8) == 0 ? 9 : 3); n > 0; n--) {
            String stream = STREAMS.get(random.nextInt(random.nextInt(4) == 0 ? STREAMS.size() : 2));
            add(items, stream, random.nextInt(KEYS + 1), random.nextInt(8), random.nextBoolean());
        }
        int how = random.nextInt(8);
        if (how == 0) {
            open.put(db.nextXid++, items);
        } else if (how > 1) {
            db.append(how < 5 ? merged(items, db.something(random), random) : items, random.nextInt(4) == 0);
        }
    }

    private static List<SimItem> merged(List<SimItem> some, List<SimItem> others, Random random) {
        Deque<SimItem> left = new ArrayDeque<>(others);
        List<SimItem> all = new ArrayList<>();
        for (SimItem item : some) {
            while (!left.isEmpty() && random.nextBoolean()) {
                all.add(left.remove());
            }
            all.add(item);
        }
        all.addAll(left);
        return all;
    }

    private void add(List<SimItem> items, String stream, int key, int size, boolean byTable) {
        String text = key == KEYS ? null : "k" + key;
        if (text != null && locked().contains(stream + text)) {
            return;
        }
        // events of one key take one way
        items.add(SimItem.of(
                size == 7 && text == null
                        ? nonsense()
                        : event(stream, text, size == 7, text == null ? byTable : key < KEYS - 1)));
    }

    private Set<String> locked() {
        Set<String> keys = new HashSet<>();
        open.values().forEach(items -> lock(keys, items));
        db.log().stream().filter(tx -> db.invisible.contains(tx.xid())).forEach(tx -> lock(keys, tx.items()));
        return keys;
    }

    private static void lock(Set<String> keys, List<SimItem> items) {
        for (SimItem item : items) {
            if (item.event() != null) {
                keys.add(item.event().event().stream() + item.event().event().key());
            }
        }
    }

    /** Returns an event that a transaction publishes. */
    private SimEvent event(String stream, @Nullable String key, boolean large, boolean byTable) {
        PublishedEvent event = SimEvent.told(++published, stream, key, large);
        boolean logged = joinedAt <= db.end;
        return new SimEvent(event, byTable ? logged ? Kind.ROW : Kind.UNLOGGED_ROW : Kind.MESSAGE);
    }

    private SimEvent nonsense() {
        return new SimEvent(event("nobody", null, false, false).event(), Kind.NONSENSE);
    }

    /** Commits an event alone. */
    void publish(String stream, String key, boolean byTable) {
        db.append(List.of(SimItem.of(event(stream, key, false, byTable))), false);
    }

    /** Commits one that is too large for the stream's topic. */
    void publishLarge(String stream, String key) {
        db.append(List.of(SimItem.of(event(stream, key, true, true))), false);
    }

    /** Begins a transaction, which publishes an event by the table. */
    void begin(String stream, String key) {
        open.put(db.nextXid++, List.of(SimItem.of(event(stream, key, false, true))));
    }

    /** Ends the transaction that is open for longest. */
    private void end(boolean commits, boolean late) {
        long xid = open.keySet().iterator().next();
        List<SimItem> items = open.remove(xid);
        if (commits && items != null) {
            db.append(xid, items, late, false);
        }
    }

    /** Commits all that is open. */
    void commitAll() {
        while (!open.isEmpty()) {
            end(true, false);
        }
    }

    /** Returns what a new snapshot shows; the log behind it begins at a position that is asked for afterwards. */
    String snapshot() {
        Set<Long> running = new TreeSet<>(db.invisible);
        running.addAll(open.keySet());
        long least = running.isEmpty() ? db.nextXid : running.iterator().next();
        return least + ":" + db.nextXid + ":"
                + running.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** Returns the rows that are visible now, by their ids. */
    Map<UUID, Row> rows() {
        return rows(Long.MAX_VALUE);
    }

    private Map<UUID, Row> rows(long lsn) {
        Map<UUID, Row> rows = new TreeMap<>();
        for (SimTx tx : db.log()) {
            if (tx.endLsn() > lsn || db.invisible.contains(tx.xid())) {
                continue;
            }
            for (SimItem item : tx.items()) {
                SimEvent event = item.event();
                if (event != null && event.isRow()) {
                    rows.put(event.event().id(), new Row(tx.xid(), event.event()));
                } else if (event != null && event.kind() == Kind.CLEARED) {
                    rows.remove(event.event().id());
                }
            }
        }
        return rows;
    }

    /** Returns what loads the rows of a position into another server. */
    List<SimItem> loaded(long lsn) {
        return rows(lsn).values().stream()
                .map(row -> SimItem.of(new SimEvent(row.event(), Kind.UNLOGGED_ROW)))
                .toList();
    }

    /** Takes the rows away that a snapshot shows; returns how many there were. */
    int clear(OutboxSnapshot sent) {
        List<Row> gone =
                rows().values().stream().filter(row -> sent.shows(row.xid())).toList();
        if (!gone.isEmpty()) {
            onClear.accept(gone.stream().map(row -> row.event().id()).toList());
            db.append(
                    gone.stream()
                            .map(row -> SimItem.of(new SimEvent(row.event(), Kind.CLEARED)))
                            .toList(),
                    false,
                    true);
        }
        return gone.size();
    }
}
