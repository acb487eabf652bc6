package dev.freshet.direct;

import java.time.Duration;

/** The places of the queue, counted in events and bytes. Safe to share between threads. */
final class Room {
    private final int maxEvents;
    private final long maxBytes;
    private int events;
    private long bytes;

    Room(int maxEvents, long maxBytes) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
    }

    /** Returns whether so much could ever have place. */
    boolean canHold(int moreEvents, long moreBytes) {
        return moreEvents <= maxEvents && moreBytes <= maxBytes;
    }

    /** Takes places, waiting up to a limit for them; returns whether it has them. */
    synchronized boolean take(int moreEvents, long moreBytes, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (events + moreEvents > maxEvents || bytes + moreBytes > maxBytes) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        events += moreEvents;
        bytes += moreBytes;
        return true;
    }

    /** Gives places back. */
    synchronized void give(int fewerEvents, long fewerBytes) {
        events -= fewerEvents;
        bytes -= fewerBytes;
        notifyAll();
    }

    synchronized int events() {
        return events;
    }

    synchronized long bytes() {
        return bytes;
    }

    @Override
    public synchronized String toString() {
        return events + " of " + maxEvents + " events, " + bytes + " of " + maxBytes + " bytes";
    }
}
