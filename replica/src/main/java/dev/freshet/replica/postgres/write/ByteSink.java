package dev.freshet.replica.postgres.write;

import java.util.Arrays;

/** A growing array of bytes that is used again and again. */
public final class ByteSink {
    private byte[] bytes;
    private int length;

    /**
     * Creates an empty sink.
     *
     * @param capacity bytes to begin with
     */
    public ByteSink(int capacity) {
        bytes = new byte[capacity];
    }

    /** Forgets what was written and keeps the array. */
    public void clear() {
        length = 0;
    }

    /** Returns the array; what was written stands from 0 to {@link #length()}; another one after it grew. */
    public byte[] array() {
        return bytes;
    }

    /** Returns how many bytes were written. */
    public int length() {
        return length;
    }

    /** Adds one byte. */
    public void put(int b) {
        if (length == bytes.length) {
            grow(1);
        }
        bytes[length++] = (byte) b;
    }

    /** Adds bytes of an array. */
    public void put(byte[] from, int at, int count) {
        if (bytes.length - length < count) {
            grow(count);
        }
        System.arraycopy(from, at, bytes, length, count);
        length += count;
    }

    /** Adds a whole array. */
    public void put(byte[] from) {
        put(from, 0, from.length);
    }

    /** Adds four bytes, the highest first. */
    public void putInt(int value) {
        if (bytes.length - length < Integer.BYTES) {
            grow(Integer.BYTES);
        }
        setInt(length, value);
        length += Integer.BYTES;
    }

    /** Writes four bytes, the highest first, over what stands at an index. */
    public void setInt(int at, int value) {
        bytes[at] = (byte) (value >> 24);
        bytes[at + 1] = (byte) (value >> 16);
        bytes[at + 2] = (byte) (value >> 8);
        bytes[at + 3] = (byte) value;
    }

    private void grow(int more) {
        bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), (int) Math.min(bytes.length * 2L, 1 << 30)));
    }
}
