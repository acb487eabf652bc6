package dev.freshet.replica.postgres.write;

import dev.freshet.model.json.JsonException;
import dev.freshet.model.json.JsonReader;
import java.util.Arrays;

/**
 * One row as columns of text, as PostgreSQL reads them. Values that stand for themselves in the JSON stay where they are;
 * only the others are written to a buffer of its own. Used again for each row.
 */
public final class RowText {
    private static final byte[] ABSENT = new byte[0];
    private static final byte[] OWN = new byte[0];

    private final JsonReader reader = new JsonReader(ABSENT);
    private final ByteSink own = new ByteSink(1024);
    private final ValueText text = new ValueText(own);
    private byte[][] source = new byte[0][];
    private int[] from = new int[0];
    private int[] length = new int[0];

    /**
     * Reads a row's value.
     *
     * @throws JsonException if it is not the JSON that the schema describes; the message has none of its content
     */
    public void readValue(RowPlan plan, byte[] json) {
        read(plan, plan.value(), json);
    }

    /**
     * Reads a key; only the key's slots are set.
     *
     * @throws JsonException if it is not the JSON that the schema describes; the message has none of its content
     */
    public void readKey(RowPlan plan, byte[] json) {
        read(plan, plan.key(), json);
    }

    private void read(RowPlan plan, RowPlan.Member[] members, byte[] json) {
        begin(plan.slots());
        reader.reset(json).beginObject();
        int seen = 0;
        int next = 0;
        while (reader.hasNext()) {
            int found = find(members, next);
            if (found < 0) {
                reader.skipValue();
                continue;
            }
            RowPlan.Member m = members[found];
            next = found + 1;
            if (m.slot() < 0) {
                reader.skipValue();
            } else {
                value(m, json);
                seen++;
            }
        }
        reader.end();
        if (seen < members.length) {
            requireAll(members);
        }
    }

    /** Reads the member's name; it is nearly always the next one of the schema. */
    private int find(RowPlan.Member[] members, int next) {
        for (int i = next; i < members.length; i++) {
            if (reader.nextNameIs(members[i].encoded())) {
                return i;
            }
            if (!members[i].kind().json()) {
                break;
            }
        }
        String name = reader.nextName();
        for (int i = 0; i < members.length; i++) {
            if (members[i].name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private void value(RowPlan.Member m, byte[] json) {
        int slot = m.slot();
        ValueKind kind = m.kind();
        if (kind.json()) {
            reader.nextRawSlice();
            set(slot, json, reader.sliceFrom(), reader.sliceTo() - reader.sliceFrom());
        } else if (kind.form() == ValueKind.Form.PLAIN && reader.nextSlice()) {
            set(slot, json, reader.sliceFrom(), reader.sliceTo() - reader.sliceFrom());
        } else if (reader.peek() == JsonReader.Kind.NULL) {
            reader.nextNull();
            set(slot, OWN, 0, -1);
        } else {
            int at = own.length();
            text.write(kind, reader, json);
            set(slot, OWN, at, own.length() - at);
        }
    }

    private void requireAll(RowPlan.Member[] members) {
        for (RowPlan.Member m : members) {
            if (m.slot() >= 0 && source[m.slot()] == ABSENT && !m.kind().json()) {
                throw new JsonException("The record has no member '" + m.name() + "', which its schema names");
            }
        }
    }

    private void begin(int slots) {
        if (source.length != slots) {
            source = new byte[slots][];
            from = new int[slots];
            length = new int[slots];
        }
        Arrays.fill(source, ABSENT);
        Arrays.fill(length, -1);
        own.clear();
    }

    private void set(int slot, byte[] bytes, int at, int count) {
        source[slot] = bytes;
        from[slot] = at;
        length[slot] = count;
    }

    /** Returns the array that holds a slot's text. */
    public byte[] array(int slot) {
        return source[slot] == OWN ? own.array() : source[slot];
    }

    /** Returns where a slot's text begins. */
    public int from(int slot) {
        return from[slot];
    }

    /** Returns the bytes of a slot's text, or -1 for null. */
    public int length(int slot) {
        return length[slot];
    }
}
