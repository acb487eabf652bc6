package dev.freshet.relay.internal;

import org.jspecify.annotations.Nullable;

/**
 * Between the relay and an agent that asks servers beside it: what the relay wants to know, and the newest answer. An answer
 * to what was wanted before {@link #rest} is not delivered. Any thread may call the methods.
 *
 * @param <Q> what the relay wants to know
 * @param <A> what the agent answers
 */
final class Mailbox<Q, A> {
    private @Nullable Asked<Q> asked;
    private @Nullable A answer;
    private long turn;

    /**
     * A question.
     *
     * @param question what is wanted
     * @param turn between which two calls of {@link #rest} it was asked
     */
    record Asked<Q>(Q question, long turn) {}

    /** Begins, or goes on, to want to know this. */
    synchronized void ask(Q question) {
        asked = new Asked<>(question, turn);
    }

    /** Ends the wish to know anything, and forgets an answer that was not taken. */
    synchronized void rest() {
        turn++;
        asked = null;
        answer = null;
    }

    /** Returns the newest question, as often as it is called; null if nothing is wanted. */
    synchronized @Nullable Asked<Q> asked() {
        return asked;
    }

    /** Puts an answer in the place of any older one. */
    synchronized void answer(Asked<Q> to, A newest) {
        if (to.turn() == turn) {
            answer = newest;
        }
    }

    /** Returns the newest answer once, or null. */
    synchronized @Nullable A take() {
        A taken = answer;
        answer = null;
        return taken;
    }
}
