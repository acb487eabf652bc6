package dev.freshet.capture.postgres;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads and writes the protocol's numbers and names: big-endian, names ended by a zero. */
final class Bytes {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    private Bytes() {}

    static long int8(byte[] in, int at) {
        return (long) LONG.get(in, at);
    }

    static int int4(byte[] in, int at) {
        return (int) INT.get(in, at);
    }

    static int int2(byte[] in, int at) {
        return (short) SHORT.get(in, at) & 0xffff;
    }

    static void putInt8(byte[] out, int at, long value) {
        LONG.set(out, at, value);
    }

    /** Returns the index of the zero that ends the name which begins at the index. */
    static int nameEnd(byte[] in, int from) {
        int end = from;
        while (in[end] != 0) {
            end++;
        }
        return end;
    }

    static String text(byte[] in, int from, int end) {
        return new String(in, from, end - from, StandardCharsets.UTF_8);
    }
}
