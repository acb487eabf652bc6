package dev.freshet.capture.postgres.snapshot;

/**
 * A place in a table's file, PostgreSQL's {@code tid}.
 *
 * @param page the page, from 0
 * @param offset the line pointer in the page; rows begin at 1, so that 0 is the page's begin
 */
record Tid(long page, int offset) implements Comparable<Tid> {
    static Tid beginOf(long page) {
        return new Tid(page, 0);
    }

    Tid next() {
        return new Tid(page, offset + 1);
    }

    /** Returns the literal for SQL. */
    String sql() {
        return "'(" + page + ',' + offset + ")'::pg_catalog.tid";
    }

    @Override
    public int compareTo(Tid other) {
        int byPage = Long.compare(page, other.page);
        return byPage != 0 ? byPage : Integer.compare(offset, other.offset);
    }
}
