package dev.freshet.examples.demo;

import dev.freshet.examples.shop.PublishWay;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the demonstration runs.
 *
 * @param runFor for how long the shop goes on with complete copies before they are compared, or null for until it is stopped
 * @param scale the scale of TPC-H; 0.1 has 15,000 customers, 150,000 orders and 600,000 lines
 * @param rate transactions a second that the shop does, 1 to 20,000
 * @param data the folder to keep everything in, or null for a temporary one
 * @param httpPort where the status is served; 0 for a free port
 * @param kill whether processes are killed meanwhile
 * @param publish by which way the shop publishes its events
 */
public record DemoOptions(
        @Nullable Duration runFor,
        double scale,
        int rate,
        @Nullable Path data,
        int httpPort,
        boolean kill,
        PublishWay publish) {
    private static final int HIGHEST_PORT = 65_535;

    /** Rejects what is out of range. */
    public DemoOptions {
        if (runFor != null && (runFor.isNegative() || runFor.isZero())) {
            throw new IllegalArgumentException("The demo must run for more than nothing, but is to run for " + runFor);
        }
        if (!(scale >= 0.001 && scale <= 10)) {
            throw new IllegalArgumentException("The scale must be from 0.001 to 10, but is " + scale);
        }
        if (rate < 1 || rate > 20_000) {
            throw new IllegalArgumentException(
                    "The rate must be from 1 to 20000 transactions a second, but is " + rate);
        }
        if (httpPort < 0 || httpPort > HIGHEST_PORT) {
            throw new IllegalArgumentException(
                    "The port must be from 0 (a free one) to " + HIGHEST_PORT + ", but is " + httpPort);
        }
    }
}
