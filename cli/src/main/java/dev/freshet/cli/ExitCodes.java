package dev.freshet.cli;

/** The exit codes of every command. */
public final class ExitCodes {
    /** Done. */
    public static final int OK = 0;

    /** It failed, or what was looked at does not work: a part of the server, a copy that differs. */
    public static final int FAILED = 1;

    /** The command line or the configuration has mistakes; nothing was done. */
    public static final int MISTAKES = 2;

    /** No server answers at the configured address. */
    public static final int NO_SERVER = 3;

    private ExitCodes() {}
}
