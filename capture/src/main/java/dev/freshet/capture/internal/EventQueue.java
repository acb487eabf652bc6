package dev.freshet.capture.internal;

import dev.freshet.model.FreshetException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands items from the reader's thread to the one that polls, within a limit in bytes; one item may go beyond it, so that
 * a row larger than the limit passes.
 *
 * @param <T> the items
 */
public final class EventQueue<T> {
    private record Sized<T>(T item, int bytes) {}

    private final long limitBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();
    private final Condition notFull = lock.newCondition();
    private final ArrayDeque<Sized<T>> items = new ArrayDeque<>();
    private long bytes;
    private boolean waiting;
    private @Nullable FreshetException failure;

    /**
     * Creates an empty queue.
     *
     * @param limitBytes above how many bytes it counts as full
     */
    public EventQueue(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /**
     * Adds an item if there is room, waiting for it at most the given time.
     *
     * @param signal whether a waiting poller is to be woken; if not, a later item or {@link #signal} does it
     * @return whether it was added
     */
    public boolean offer(T item, int itemBytes, boolean signal, long waitNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = waitNanos;
            while (bytes >= limitBytes) {
                if (left <= 0) {
                    return false;
                }
                wake();
                left = notFull.awaitNanos(left);
            }
            items.add(new Sized<>(item, itemBytes));
            bytes += itemBytes;
            if (signal) {
                wake();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Wakes a waiting poller if there is something for it. */
    public void signal() {
        lock.lock();
        try {
            if (!items.isEmpty()) {
                wake();
            }
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        if (waiting) {
            notEmpty.signal();
        }
    }

    /** Ends the queue: what is in it can still be taken, then the failure comes. */
    public void fail(FreshetException cause) {
        lock.lock();
        try {
            failure = cause;
            notEmpty.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a first item.
     *
     * @param waitNanos how long
     * @return whether there is one, or a failure
     */
    public boolean await(long waitNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = waitNanos;
            waiting = true;
            while (items.isEmpty() && failure == null) {
                if (left <= 0) {
                    return false;
                }
                left = notEmpty.awaitNanos(left);
            }
            return true;
        } finally {
            waiting = false;
            lock.unlock();
        }
    }

    /**
     * Moves items out.
     *
     * @param out where they are added
     * @param maxItems how many at most
     * @param maxBytes after how many bytes to stop
     * @throws FreshetException the failure that ended the queue, once it is empty
     */
    public void drain(List<? super T> out, int maxItems, long maxBytes) {
        lock.lock();
        try {
            if (items.isEmpty() && failure != null) {
                throw failure;
            }
            boolean full = bytes >= limitBytes;
            long taken = 0;
            for (int i = 0; i < maxItems && taken < maxBytes && !items.isEmpty(); i++) {
                Sized<T> next = items.remove();
                out.add(next.item);
                taken += next.bytes;
            }
            bytes -= taken;
            if (full && bytes < limitBytes) {
                notFull.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many bytes wait. */
    public long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }
}
