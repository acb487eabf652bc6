package dev.freshet.direct;

import dev.freshet.model.event.PublishedEvent;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An event under way, with what has been tried. Belongs to the thread of {@link Lanes}, but for what is final. */
final class Entry {
    final PublishedEvent event;
    final String topic;
    /** When it was published, as RFC 3339 text. */
    final String time;
    /** The room that it holds in the queue; 0 for a row of the table. */
    final int bytes;
    /** Its row in the table; 0 for none. */
    final long row;
    /** Whether it holds one of its parked key's places. */
    final boolean behind;

    final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final Optional<LaneKey> lane;
    private final long made = now();

    private int attempts;
    private long firstTried;
    private @Nullable Fault fault;
    private int letterAttempts;
    private long letterSince;

    private Entry(PublishedEvent event, String topic, String time, int bytes, boolean behind, long row) {
        this.event = event;
        this.topic = topic;
        this.time = time;
        this.bytes = bytes;
        this.behind = behind;
        this.row = row;
        this.lane = LaneKey.of(event);
    }

    static Entry published(Admitted admitted, String topic, String time) {
        return new Entry(admitted.event(), topic, time, admitted.bytes(), admitted.behind(), 0);
    }

    static Entry drained(long row, PublishedEvent event, String topic, String time) {
        return new Entry(event, topic, time, 0, false, row);
    }

    Optional<LaneKey> lane() {
        return lane;
    }

    boolean isDrained() {
        return row != 0;
    }

    /** Returns how old it is, in nanoseconds. */
    long ageNanos() {
        return now() - made;
    }

    /** Notes a try to write it to its topic. */
    void tried() {
        attempts++;
        if (firstTried == 0) {
            firstTried = now();
        }
    }

    int attempts() {
        return attempts;
    }

    /** Returns for how long it has been tried, in nanoseconds. */
    long triedForNanos() {
        return firstTried == 0 ? 0 : now() - firstTried;
    }

    /** Decides that it becomes a letter. */
    void giveUp(Fault why) {
        fault = why;
        letterAttempts = 0;
        letterSince = now();
    }

    /** Decides that it is tried once more from the beginning. */
    void startOver() {
        fault = null;
        firstTried = 0;
    }

    /** Returns why it is to become a letter; null if it is not. */
    @Nullable
    Fault fault() {
        return fault;
    }

    /** Notes a try to write it as a letter; returns which one it is, from 1. */
    int letterTried() {
        return ++letterAttempts;
    }

    long letterTriedForNanos() {
        return now() - letterSince;
    }

    /** Never 0, which stands for never. */
    private static long now() {
        return System.nanoTime() | 1;
    }
}
