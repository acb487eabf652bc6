package dev.freshet.faults;

import java.io.IOException;

/** A process that faults hit. The methods are called by one thread at a time. */
interface Victim {
    /** Its name in plans and logs. */
    String name();

    /** Ends it as {@code kill -9} does, and returns when it has ended. */
    void kill() throws InterruptedException;

    /** Starts it after a kill. A server serves when this returns, a Freshet process may still be starting. */
    void start() throws IOException;

    /** Holds it (SIGSTOP): its connections stay, nothing answers. */
    void freeze() throws IOException, InterruptedException;

    /** Lets it go on (SIGCONT). */
    void thaw() throws IOException, InterruptedException;
}
