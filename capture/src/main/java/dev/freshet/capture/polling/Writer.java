package dev.freshet.capture.polling;

/**
 * Who may have drawn a {@code seq} and not ended yet.
 *
 * @param id what tells it from every other one, as long as the database runs
 * @param session the session that it belongs to; what it means for those that are detached is not told
 * @param kind what it is
 */
public record Writer(String id, String session, Kind kind) {
    /** What may write. */
    public enum Kind {
        /** An open transaction. */
        TRANSACTION,
        /** A statement under way, whose transaction cannot be seen yet. */
        STATEMENT,
        /** A prepared transaction, which no session holds any more. */
        DETACHED
    }

    /**
     * Returns whether the later one may be this one under another id: a statement's transaction, or a transaction that has been
     * prepared since.
     *
     * @param later one of those that were there when this one was gone
     */
    boolean mayGoOnAs(Writer later) {
        return switch (later.kind) {
            case DETACHED -> kind != Kind.DETACHED;
            case TRANSACTION -> kind == Kind.STATEMENT && session.equals(later.session);
            case STATEMENT -> false;
        };
    }
}
