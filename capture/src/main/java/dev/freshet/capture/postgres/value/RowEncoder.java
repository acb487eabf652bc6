package dev.freshet.capture.postgres.value;

import dev.freshet.model.json.JsonWriter;
import java.util.List;

/**
 * Writes a row's value and key as JSON objects from the texts of its fields.
 *
 * <p>Belongs to one thread, since it uses one buffer again and again.
 */
public final class RowEncoder {
    /** In place of a field's length: the field is SQL NULL. */
    public static final int NULL = -1;

    /** A buffer that one row made larger than this is not kept for the others. */
    private static final int KEPT_BYTES = 1 << 20;

    private final byte[][] names;
    private final ValueEncoder[] encoders;
    private final int[] keyFields;
    private final byte[][] keyNames;
    private final ValueEncoder[] keyEncoders;
    private JsonWriter out = new JsonWriter();

    private RowEncoder(List<String> columns, int[] typeOids, int[] keyFields, TypeCatalog types) {
        int count = columns.size();
        this.names = new byte[count][];
        this.encoders = new ValueEncoder[count];
        for (int i = 0; i < count; i++) {
            names[i] = JsonWriter.encodeName(columns.get(i));
            encoders[i] = types.encoder(typeOids[i]);
        }
        this.keyFields = keyFields.clone();
        this.keyNames = new byte[keyFields.length][];
        this.keyEncoders = new ValueEncoder[keyFields.length];
        for (int i = 0; i < keyFields.length; i++) {
            keyNames[i] = names[keyFields[i]];
            keyEncoders[i] = types.keyEncoder(typeOids[keyFields[i]]);
        }
    }

    /**
     * Creates an encoder.
     *
     * @param columns the columns' names in the order of the fields
     * @param typeOids their types, as many
     * @param keyFields which fields make the key, in the key's order
     * @param types the source's types
     */
    public static RowEncoder create(List<String> columns, int[] typeOids, int[] keyFields, TypeCatalog types) {
        if (typeOids.length != columns.size()) {
            throw new IllegalArgumentException(columns.size() + " columns, but " + typeOids.length + " types");
        }
        return new RowEncoder(columns, typeOids, keyFields, types);
    }

    /**
     * Returns the row as a JSON object.
     *
     * @param text the array in which the fields stand
     * @param from where each begins
     * @param count how long each is, or {@link #NULL}
     */
    public byte[] value(byte[] text, int[] from, int[] count) {
        out.reset().beginObject();
        for (int i = 0; i < names.length; i++) {
            if (count[i] >= 0) {
                out.name(names[i]);
                encoders[i].encode(text, from[i], count[i], out);
            } else if (!encoders[i].omitsNull()) {
                out.name(names[i]).nullValue();
            }
        }
        byte[] value = out.endObject().toBytes();
        if (value.length > KEPT_BYTES) {
            out = new JsonWriter();
        }
        return value;
    }

    /**
     * Returns the row's key as a JSON object; fields outside the key are not looked at.
     *
     * @param text the array in which the fields stand
     * @param from where each begins
     * @param count how long each is
     * @throws IllegalArgumentException if a field of the key is null
     */
    public byte[] key(byte[] text, int[] from, int[] count) {
        out.reset().beginObject();
        for (int i = 0; i < keyFields.length; i++) {
            int field = keyFields[i];
            if (count[field] < 0) {
                throw new IllegalArgumentException("A row has no value in its key's column " + (i + 1) + " of "
                        + keyFields.length + "; the key's columns must be NOT NULL");
            }
            out.name(keyNames[i]);
            keyEncoders[i].encode(text, from[field], count[field], out);
        }
        return out.endObject().toBytes();
    }
}
