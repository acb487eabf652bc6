package dev.freshet.replica.postgres.write;

import dev.freshet.model.json.JsonWriter;
import dev.freshet.model.ledger.Column;
import dev.freshet.replica.table.FieldMap;
import dev.freshet.replica.table.TargetColumn;
import java.util.ArrayList;
import java.util.List;

/**
 * How the values and keys of one version of a stream's schema are read: which member is which slot. Slots number the columns
 * that are copied, in the schema's order.
 */
public final class RowPlan {
    private final FieldMap fields;
    private final Member[] value;
    private final Member[] key;

    /** A member of the JSON object: its name, also with quotes and colon, how its value is written, and its slot or -1. */
    static final class Member {
        private final String name;
        private final byte[] encoded;
        private final ValueKind kind;
        private final int slot;

        Member(String name, ValueKind kind, int slot) {
            this.name = name;
            this.encoded = JsonWriter.encodeName(name);
            this.kind = kind;
            this.slot = slot;
        }

        String name() {
            return name;
        }

        byte[] encoded() {
            return encoded;
        }

        ValueKind kind() {
            return kind;
        }

        int slot() {
            return slot;
        }
    }

    /** Creates the plan of a field map. */
    public RowPlan(FieldMap fields) {
        this.fields = fields;
        List<Member> members = new ArrayList<>();
        for (Column c : fields.schema().columns()) {
            members.add(member(c, slot(c.name())));
        }
        this.value = members.toArray(new Member[0]);
        List<Member> keys = new ArrayList<>();
        for (String name : fields.schema().key()) {
            keys.add(members.stream()
                    .filter(m -> m.name().equals(name))
                    .findFirst()
                    .orElseThrow());
        }
        this.key = keys.toArray(new Member[0]);
    }

    private static Member member(Column c, int slot) {
        return new Member(c.name(), ValueKind.of(c), slot);
    }

    private int slot(String column) {
        for (int i = 0; i < fields.fields().size(); i++) {
            if (fields.fields().get(i).source().name().equals(column)) {
                return i;
            }
        }
        return -1;
    }

    /** Returns the field map. */
    public FieldMap fields() {
        return fields;
    }

    /** Returns how many slots there are. */
    public int slots() {
        return fields.fields().size();
    }

    /** Returns the copy's column of a slot. */
    public TargetColumn target(int slot) {
        return fields.fields().get(slot).target();
    }

    /** Returns the slots of the key's columns, in the key's order. */
    public int[] keySlots() {
        int[] slots = new int[key.length];
        for (int i = 0; i < key.length; i++) {
            slots[i] = key[i].slot();
        }
        return slots;
    }

    Member[] value() {
        return value;
    }

    Member[] key() {
        return key;
    }
}
