package dev.freshet.capture.postgres.table;

import dev.freshet.capture.postgres.value.KeyDecoder.KeyColumn;

/** How SQL text finds a row by its key. */
public final class KeyCondition {
    private KeyCondition() {}

    /**
     * Returns the condition that a key's column has a value; its unique index answers it, whatever the session's path is.
     *
     * @param name the column
     * @param column what is known of it
     * @param text the expression that gives the value's text
     */
    public static String equality(String name, KeyColumn column, String text) {
        return "t." + Identifiers.quoted(name) + (column.cast() ? "::" + column.sqlType() : "") + " OPERATOR("
                + Identifiers.quoted(column.operatorSchema()) + ".=) " + text + "::" + column.sqlType();
    }
}
