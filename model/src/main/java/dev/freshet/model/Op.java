package dev.freshet.model;

/** What a change did to its row; the codes are the ones that Debezium uses. */
public enum Op {
    /** A row was inserted. */
    CREATE("c"),
    /** A row was updated. */
    UPDATE("u"),
    /** A row was deleted; the record has no value. */
    DELETE("d"),
    /** A row was read by a snapshot. */
    READ("r");

    private final String code;

    Op(String code) {
        this.code = code;
    }

    /** Returns the header's text. */
    public String code() {
        return code;
    }

    /**
     * Returns the operation of a code.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Op of(String code) {
        for (Op op : values()) {
            if (op.code.equals(code)) {
                return op;
            }
        }
        throw new IllegalArgumentException("Not an operation (expected c, u, d or r): '" + code + "'");
    }
}
