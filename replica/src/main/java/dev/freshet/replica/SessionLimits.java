package dev.freshet.replica;

import java.time.Duration;

/**
 * What the sessions in the consumer's database are bound by.
 *
 * @param lockTimeout the longest wait for a lock ({@code lock_timeout})
 * @param idleInTransaction after how long idle in a transaction the server ends a session ({@code
 *     idle_in_transaction_session_timeout}): a frozen owner blocks its successor no longer than that
 * @param tcpUser after how long without acknowledgement a connection is given up: by the server ({@code tcp_user_timeout}),
 *     and here by keepalive probes while an answer is waited for
 * @param connect the longest wait for a connection
 * @param answer after how long beyond {@code lockTimeout} a session is given up that has not answered, but for a fill's: what lies
 *     between may have forgotten the connection and answer the probes itself, as a proxy or a side-car does
 */
public record SessionLimits(
        Duration lockTimeout, Duration idleInTransaction, Duration tcpUser, Duration connect, Duration answer) {
    /** What holds where nothing else is said. */
    public static final SessionLimits DEFAULTS = new SessionLimits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofMinutes(2));

    /** Rejects what is not above zero. */
    public SessionLimits {
        requirePositive("lockTimeout", lockTimeout);
        requirePositive("idleInTransactionTimeout", idleInTransaction);
        requirePositive("tcpUserTimeout", tcpUser);
        requirePositive("connectTimeout", connect);
        requirePositive("answerTimeout", answer);
    }

    static void requirePositive(String setting, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(setting + " must be above zero, but is " + value);
        }
    }
}
