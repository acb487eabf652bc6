package dev.freshet.relay.sim;

import dev.freshet.model.json.JsonWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The simulated source: one table, its log, and transactions that become visible late. */
final class SimDatabase {
    static final int KEYS = 12;

    /** Something that a transaction did: a row set or (value null) deleted, or a watermark. */
    record Item(
            int key,
            @Nullable String value,
            boolean existed,
            @Nullable String mark) {}

    /** What empties the table; it breaks the stream. */
    static final Item TRUNCATE = new Item(-1, null, false, null);

    record Tx(long xid, long lsn, long endLsn, List<Item> items) {}

    final List<Tx> log = new ArrayList<>();
    final Set<Long> invisible = new HashSet<>();
    final Map<Integer, String> table = new TreeMap<>();
    long nextXid = 100;
    long end = 1_000;
    long confirmed = -1;
    boolean slotActive;
    boolean slotDropped;
    private int counter;

    void mark(String text) {
        append(List.of(new Item(-1, null, false, text)), false);
    }

    /** Commits a transaction of other tables, which moves the log on. */
    void commitElsewhere() {
        append(List.of(), false);
    }

    void truncate() {
        table.clear();
        append(List.of(TRUNCATE), false);
    }

    /** Commits a transaction of some changes; keys of transactions that are not visible yet are locked. */
    void commitSomething(Random random, boolean late) {
        Set<Integer> locked = new HashSet<>();
        for (Tx tx : log) {
            if (invisible.contains(tx.xid())) {
                tx.items().forEach(i -> locked.add(i.key()));
            }
        }
        List<Item> items = new ArrayList<>();
        int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 12 : 3);
        for (int i = 0; i < count; i++) {
            int key = random.nextInt(KEYS);
            if (locked.contains(key)) {
                continue;
            }
            boolean existed = table.containsKey(key);
            if (existed && random.nextInt(4) == 0) {
                table.remove(key);
                items.add(new Item(key, null, true, null));
            } else {
                String value = "v" + ++counter;
                table.put(key, value);
                items.add(new Item(key, value, existed, null));
            }
        }
        append(items, late);
    }

    private void append(List<Item> items, boolean late) {
        long lsn = end;
        end += 8L * (1 + items.size());
        long xid = nextXid++;
        log.add(new Tx(xid, lsn, end, items));
        if (late) {
            invisible.add(xid);
        }
    }

    /** What a new snapshot shows. */
    Map<Integer, String> visible() {
        return replay(Long.MAX_VALUE, invisible);
    }

    /** What the source held when the log ended at the position. */
    Map<Integer, String> at(long lsn) {
        return replay(lsn, Set.of());
    }

    private Map<Integer, String> replay(long lsn, Set<Long> without) {
        Map<Integer, String> state = new TreeMap<>();
        for (Tx tx : log) {
            if (tx.endLsn() <= lsn && !without.contains(tx.xid())) {
                for (Item i : tx.items()) {
                    if (i.equals(TRUNCATE)) {
                        state.clear();
                    } else if (i.value() != null) {
                        state.put(i.key(), i.value());
                    } else if (i.mark() == null) {
                        state.remove(i.key());
                    }
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
