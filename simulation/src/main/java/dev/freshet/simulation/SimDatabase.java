package dev.freshet.simulation;

import dev.freshet.model.json.JsonWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The simulated source: some tables, their log, and transactions that become visible late. */
final class SimDatabase {
    static final int KEYS = 12;

    /** Something that a transaction did: a row set or (value null) deleted, or a watermark. */
    record Item(
            String stream,
            int key,
            @Nullable String value,
            boolean existed,
            @Nullable String mark) {
        /** Returns whether it emptied the table, which breaks the stream. */
        boolean truncates() {
            return key < 0 && mark == null;
        }
    }

    record Tx(long xid, long lsn, long endLsn, Instant at, List<Item> items) {}

    final List<String> streams;
    final List<Tx> log = new ArrayList<>();
    final Set<Long> invisible = new HashSet<>();
    final Map<String, Map<Integer, String>> tables = new HashMap<>();
    private final InstantSource clock;
    long nextXid = 100;
    long end = 1_000;
    long confirmed = -1;
    /** The process that reads the slot, or 0. */
    int reader;

    boolean slotDropped;
    private int readers;
    private int counter;

    SimDatabase(List<String> streams, InstantSource clock) {
        this.streams = streams;
        this.clock = clock;
        streams.forEach(s -> tables.put(s, new TreeMap<>()));
    }

    /** Returns the number of a process that begins to read the slot. */
    int startReader() {
        reader = ++readers;
        return reader;
    }

    void mark(String text) {
        append(List.of(new Item("", -1, null, false, text)), false);
    }

    /** Commits a transaction of other tables, which moves the log on. */
    void commitElsewhere() {
        append(List.of(), false);
    }

    void truncate(String stream) {
        table(stream).clear();
        append(List.of(new Item(stream, -1, null, false, null)), false);
    }

    private Map<Integer, String> table(String stream) {
        return tables.computeIfAbsent(stream, s -> new TreeMap<>());
    }

    /** Commits a transaction of some changes; keys of transactions that are not visible yet are locked. */
    void commitSomething(Random random, boolean late) {
        Set<String> locked = new HashSet<>();
        for (Tx tx : log) {
            if (invisible.contains(tx.xid())) {
                tx.items().forEach(i -> locked.add(i.stream() + i.key()));
            }
        }
        List<Item> items = new ArrayList<>();
        int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 12 : 3);
        for (int i = 0; i < count; i++) {
            String stream = streams.get(random.nextInt(streams.size()));
            int key = random.nextInt(KEYS);
            if (locked.contains(stream + key)) {
                continue;
            }
            Map<Integer, String> table = table(stream);
            boolean existed = table.containsKey(key);
            if (existed && random.nextInt(4) == 0) {
                table.remove(key);
                items.add(new Item(stream, key, null, true, null));
            } else {
                String value = "v" + ++counter;
                table.put(key, value);
                items.add(new Item(stream, key, value, existed, null));
            }
        }
        append(items, late);
    }

    private void append(List<Item> items, boolean late) {
        long lsn = end;
        end += 8L * (1 + items.size());
        long xid = nextXid++;
        log.add(new Tx(xid, lsn, end, clock.instant(), items));
        if (late) {
            invisible.add(xid);
        }
    }

    /** What a new snapshot shows. */
    Map<Integer, String> visible(String stream) {
        return replay(stream, Long.MAX_VALUE, invisible);
    }

    /** What the source held when the log ended at the position. */
    Map<Integer, String> at(String stream, long lsn) {
        return replay(stream, lsn, Set.of());
    }

    private Map<Integer, String> replay(String stream, long lsn, Set<Long> without) {
        Map<Integer, String> state = new TreeMap<>();
        for (Tx tx : log) {
            if (tx.endLsn() > lsn || without.contains(tx.xid())) {
                continue;
            }
            for (Item i : tx.items()) {
                if (!i.stream().equals(stream)) {
                    continue;
                }
                if (i.truncates()) {
                    state.clear();
                } else if (i.value() != null) {
                    state.put(i.key(), i.value());
                } else {
                    state.remove(i.key());
                }
            }
        }
        return state;
    }

    static byte[] key(int key) {
        return new JsonWriter().beginObject().name("id").number(key).endObject().toBytes();
    }

    static byte[] row(int key, String value) {
        return new JsonWriter()
                .beginObject()
                .name("id")
                .number(key)
                .name("v")
                .string(value)
                .endObject()
                .toBytes();
    }
}
