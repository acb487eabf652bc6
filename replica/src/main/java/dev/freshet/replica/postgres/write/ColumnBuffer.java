package dev.freshet.replica.postgres.write;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * A column of a batch as a parameter of type {@code text[]}: the bytes of the values in PostgreSQL's binary array format,
 * so that no value becomes a Java string on its way.
 */
final class ColumnBuffer extends PGobject implements PGBinaryObject {
    private static final long serialVersionUID = 1L;
    private static final int HEADER_BYTES = 20;
    private static final int TEXT_OID = 25;

    private final transient ByteSink bytes = new ByteSink(4096);
    private int count;
    private boolean nulls;

    @SuppressWarnings("this-escape")
    ColumnBuffer() {
        setType("_text");
        clear();
    }

    void clear() {
        bytes.clear();
        for (int i = 0; i < HEADER_BYTES; i += Integer.BYTES) {
            bytes.putInt(0);
        }
        count = 0;
        nulls = false;
    }

    void add(RowText row, int slot) {
        int length = row.length(slot);
        bytes.putInt(length);
        if (length < 0) {
            nulls = true;
        } else {
            bytes.put(row.array(slot), row.from(slot), length);
        }
        count++;
    }

    @Override
    public int lengthInBytes() {
        return bytes.length();
    }

    @Override
    public void toBytes(byte[] target, int offset) {
        bytes.setInt(0, 1);
        bytes.setInt(4, nulls ? 1 : 0);
        bytes.setInt(8, TEXT_OID);
        bytes.setInt(12, count);
        bytes.setInt(16, 1);
        System.arraycopy(bytes.array(), 0, target, offset, bytes.length());
    }

    @Override
    public void setByteValue(byte[] value, int offset) {
        throw new UnsupportedOperationException("A column of a batch is only written");
    }

    /** Returns the array as a literal, for a connection that was told not to send binary. */
    @Override
    public String getValue() {
        StringBuilder literal = new StringBuilder("{");
        byte[] array = bytes.array();
        int at = HEADER_BYTES;
        for (int i = 0; i < count; i++) {
            int length = java.nio.ByteBuffer.wrap(array, at, Integer.BYTES).getInt();
            at += Integer.BYTES;
            literal.append(i == 0 ? "" : ",");
            if (length < 0) {
                literal.append("NULL");
            } else {
                String text = new String(array, at, length, StandardCharsets.UTF_8);
                literal.append('"')
                        .append(text.replace("\\", "\\\\").replace("\"", "\\\""))
                        .append('"');
                at += length;
            }
        }
        return literal.append('}').toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public Object clone() {
        throw new UnsupportedOperationException("A column of a batch is not copied");
    }
}
