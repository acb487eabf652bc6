package dev.freshet.capture.postgres;

import dev.freshet.capture.postgres.value.KeyDecoder.KeyColumn;
import dev.freshet.capture.postgres.value.RowEncoder;
import dev.freshet.capture.postgres.value.TypeCatalog;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * How a stream's rows are made from tuples of one description: which fields, under which names, with which key.
 *
 * <p>Belongs to the reader's thread, but for what {@link ReadBack} takes from it.
 */
final class RowPlan {
    private final RelationMessage relation;
    private final SchemaRecord schema;
    private final String version;
    private final int[] select;
    private final int[] keyFields;
    private final boolean[] refusesNull;
    private final RowEncoder encoder;
    private final RowEncoder readBackEncoder;
    private final int[] from;
    private final int[] count;

    private RowPlan(
            RelationMessage relation,
            SchemaRecord schema,
            int[] select,
            int[] keyFields,
            RowEncoder encoder,
            RowEncoder readBackEncoder) {
        this.relation = relation;
        this.schema = schema;
        this.version = schema.version();
        this.select = select;
        this.keyFields = keyFields;
        this.refusesNull = new boolean[select.length];
        for (int i = 0; i < select.length; i++) {
            Column column = schema.columns().get(i);
            refusesNull[i] = !column.nullable() && !schema.key().contains(column.name());
        }
        this.encoder = encoder;
        this.readBackEncoder = readBackEncoder;
        this.from = new int[select.length];
        this.count = new int[select.length];
    }

    /**
     * Creates a plan.
     *
     * @param schema the stream's schema, whose columns are all in the description
     */
    static RowPlan create(RelationMessage relation, SchemaRecord schema, TypeCatalog types) {
        List<String> names = new ArrayList<>();
        int[] select = new int[schema.columns().size()];
        int[] oids = new int[select.length];
        for (int i = 0; i < select.length; i++) {
            Column column = schema.columns().get(i);
            names.add(column.name());
            select[i] = index(relation, column.name());
            oids[i] = relation.columns().get(select[i]).typeOid();
        }
        int[] keyFields = schema.key().stream().mapToInt(names::indexOf).toArray();
        return new RowPlan(
                relation,
                schema,
                select,
                keyFields,
                RowEncoder.create(names, oids, keyFields, types),
                RowEncoder.create(names, oids, keyFields, types));
    }

    private static int index(RelationMessage relation, String name) {
        for (int i = 0; i < relation.columns().size(); i++) {
            if (relation.columns().get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalStateException("Column '" + name + "' is not in the description of its table");
    }

    RelationMessage relation() {
        return relation;
    }

    SchemaRecord schema() {
        return schema;
    }

    String version() {
        return version;
    }

    /** Returns which of the schema's columns make the key, in the key's order. */
    int[] keyFields() {
        return keyFields;
    }

    /** Returns what it takes to find a row by a column of its key. */
    KeyColumn keyColumn(int column, TypeCatalog types) {
        RelationMessage.Field field = relation.columns().get(select[column]);
        return types.keyColumn(field.typeOid(), field.typmod());
    }

    /** Returns an encoder for the polling thread. */
    RowEncoder readBackEncoder() {
        return readBackEncoder;
    }

    /** Picks the captured fields of a row; those that the log left out come from the row's former version, if it is there. */
    void select(Tuple row, Tuple former, boolean hasFormer) {
        row.requireFields(relation.columns().size());
        for (int i = 0; i < select.length; i++) {
            int field = select[i];
            if (row.count[field] == Tuple.UNCHANGED && hasFormer && former.count[field] >= 0) {
                from[i] = former.from[field];
                count[i] = former.count[field];
            } else {
                from[i] = row.from[field];
                count[i] = row.count[field];
            }
        }
    }

    /** Returns whether a picked field is missing from the log. */
    boolean hasUnchanged() {
        for (int c : count) {
            if (c == Tuple.UNCHANGED) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether a picked field is null although the schema says that its column, which is none of the key, never is. */
    boolean hasNullAgainstSchema() {
        for (int i = 0; i < count.length; i++) {
            if (count[i] == Tuple.NULL && refusesNull[i]) {
                return true;
            }
        }
        return false;
    }

    /** Returns a plan like this one whose schema allows the nulls that were picked. */
    RowPlan admittingNulls(TypeCatalog types) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < count.length; i++) {
            Column c = schema.columns().get(i);
            columns.add(
                    count[i] == Tuple.NULL && refusesNull[i] ? new Column(c.name(), c.type(), true, c.portable()) : c);
        }
        return create(relation, new SchemaRecord(schema.stream(), columns, schema.key()), types);
    }

    /** Returns the key of what was picked. */
    byte[] key(byte[] in) {
        return encoder.key(in, from, count);
    }

    /** Returns the value of what was picked. */
    byte[] value(byte[] in) {
        return encoder.value(in, from, count);
    }

    int[] pickedFrom() {
        return from.clone();
    }

    int[] pickedCount() {
        return count.clone();
    }
}
