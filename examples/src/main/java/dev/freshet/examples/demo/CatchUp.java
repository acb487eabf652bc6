package dev.freshet.examples.demo;

import dev.freshet.client.Copy;
import dev.freshet.client.TokenTimeoutException;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.Token;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits until a copy has what a token stands for, as a service does that must see its user's own write. */
final class CatchUp {
    private static final long LOOK_MILLIS = 100;
    private static final long SLICE_NANOS = 1_000_000_000;

    private CatchUp() {}

    /**
     * Waits.
     *
     * @param shipping a connection to the copy's database, in auto-commit mode
     * @param replica the replica
     * @param token taken from the source after its last commit
     * @param limit how long
     * @param look called about every second; what it throws ends the waiting
     * @return whether the copy got there
     */
    static boolean await(Connection shipping, String replica, Token token, Duration limit, Runnable look)
            throws InterruptedException {
        Copy copy = Copy.of(shipping, replica);
        long until = System.nanoTime() + limit.toNanos();
        while (true) {
            look.run();
            long left = Math.max(1, until - System.nanoTime());
            try {
                copy.await(token, Duration.ofNanos(Math.min(left, SLICE_NANOS)));
                return true;
            } catch (TokenTimeoutException e) {
                if (System.nanoTime() >= until) {
                    return false;
                }
            } catch (ConfigurationException e) {
                // a replica that is still to report for the first time
                if (System.nanoTime() >= until) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        }
    }
}
