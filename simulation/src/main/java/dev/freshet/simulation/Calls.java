package dev.freshet.simulation;

/** Told of each call of a port, at which its process can be interrupted: killed, paused, or cut off from what it calls. */
interface Calls {
    /** No process is ever interrupted. */
    Calls UNDISTURBED = () -> Trouble.NONE;

    /** What becomes of a call. */
    enum Trouble {
        /** It is done and answered. */
        NONE,
        /** The connection is lost before it is done. */
        BEFORE,
        /** It is done, but the connection is lost before the answer. */
        AFTER
    }

    /**
     * A port is about to be called.
     *
     * @throws Killed if the process ends here
     */
    Trouble call();

    /** Does {@link #call} for a port that has nothing to say of lost connections. */
    default void step() {
        call();
    }

    /** The end of a process, which nobody may catch. */
    final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }
}
