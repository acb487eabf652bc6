package dev.freshet.replica.port;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;

/** What a copy's database refused or could not do. The message holds none of the copy's data. */
public final class StoreException extends FreshetException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String shown;
    private final String code;

    /** What can be done about it. */
    public enum Kind {
        /** The database is away, or has ended the session as it goes down. */
        AWAY,
        /** The session was ended, or the database is short of something. */
        SHORT,
        /** A lock was not granted in time. */
        LOCK_TIMEOUT,
        /** Two waited for one another. */
        DEADLOCK,
        /** The same transaction may be tried again on the same connection. */
        AGAIN,
        /** A login, a database or a right is missing. */
        SETUP,
        /** What was asked cannot be done: a statement was refused. */
        REFUSED,
        /** A value or a row was refused for what it is: no other of the batch is at fault, nor the table or the database. */
        ROW_REFUSED
    }

    /**
     * Creates the exception.
     *
     * @param message what went wrong, without the copy's data
     * @param shown the same, with the data that the settings allow to be shown
     */
    public StoreException(Kind kind, String message, String shown, Throwable cause) {
        this(kind, "", message, shown, cause);
    }

    /**
     * Creates the exception.
     *
     * @param code what the database calls the error, such as an SQLSTATE; empty if it has no name
     * @param message what went wrong, without the copy's data
     * @param shown the same, with the data that the settings allow to be shown
     */
    public StoreException(Kind kind, String code, String message, String shown, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.code = code;
        this.shown = shown;
    }

    /** Returns what the database calls the error, such as an SQLSTATE; empty if it has no name. */
    public String code() {
        return code;
    }

    /** Returns what can be done. */
    public Kind kind() {
        return kind;
    }

    /** Returns the message with as much of the copy's data as the settings allow. */
    public String shown() {
        return shown;
    }

    /** Returns whether the database is away, or has ended the session as it goes down. */
    public boolean isAway() {
        return kind == Kind.AWAY;
    }

    /** Returns whether the connection is lost, or the database is short of something. */
    public boolean isConnectionLost() {
        return kind == Kind.AWAY || kind == Kind.SHORT;
    }

    /** Returns whether the same transaction may succeed when it is tried again. */
    public boolean isPassing() {
        return kind != Kind.SETUP && !isRefused();
    }

    /** Returns whether a statement, a row or a value was refused. */
    public boolean isRefused() {
        return kind == Kind.REFUSED || kind == Kind.ROW_REFUSED;
    }

    /** Returns whether a lock was not granted: in time, or because two waited for one another. */
    public boolean isLockRefused() {
        return kind == Kind.LOCK_TIMEOUT || kind == Kind.DEADLOCK;
    }

    /**
     * Returns what is to be thrown: retriable if it passes, of configuration if a login or a right is missing, else one that
     * stops the work.
     *
     * @param doing what Freshet was doing, such as {@code Replica 'x' could not read its state}
     */
    public FreshetException during(String doing) {
        String message = doing + ": " + getMessage();
        if (kind == Kind.SETUP) {
            return new ConfigurationException(message + "; `freshet check` lists what its role needs", this);
        }
        return isPassing() ? new RetriableException(message, this) : new FreshetException(message, this);
    }
}
