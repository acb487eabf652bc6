package dev.freshet.simulation;

import org.jspecify.annotations.Nullable;

/** Something that a transaction did: a row set or (value null) deleted, a watermark, or what it did with an event. */
record SimItem(
        String stream,
        int key,
        @Nullable String value,
        boolean existed,
        @Nullable String mark,
        @Nullable SimEvent event) {
    SimItem(String stream, int key, @Nullable String value, boolean existed) {
        this(stream, key, value, existed, null, null);
    }

    static SimItem mark(String text) {
        return new SimItem("", -1, null, false, text, null);
    }

    static SimItem of(SimEvent event) {
        return new SimItem("", -1, null, false, null, event);
    }

    /** Returns whether it is a row's, or a table's, of a stream. */
    boolean isOfTable() {
        return mark == null && event == null;
    }

    /** Returns whether it emptied the table, which breaks the stream. */
    boolean truncates() {
        return key < 0 && isOfTable();
    }
}
