package dev.freshet.direct;

import dev.freshet.model.FreshetException;
import java.util.concurrent.Executor;

/** Tells what has become of an event, and gives its places back. Callers' own work never runs on the loop. */
final class Completions {
    private final Room room;
    private final ParkedKeys parked;
    private final Executor callers;

    /**
     * Creates it.
     *
     * @param callers runs what callers do with an answer
     */
    Completions(Room room, ParkedKeys parked, Executor callers) {
        this.callers = callers;
        this.room = room;
        this.parked = parked;
    }

    void done(Entry entry, Outcome outcome) {
        if (entry.isDrained()) {
            entry.outcome.complete(outcome); // nobody but the drain waits for it
            return;
        }
        giveBack(entry);
        entry.outcome.completeAsync(() -> outcome, callers);
    }

    void failed(Entry entry, FreshetException why) {
        giveBack(entry);
        callers.execute(() -> entry.outcome.completeExceptionally(why));
    }

    private void giveBack(Entry entry) {
        if (entry.isDrained()) {
            return;
        }
        if (entry.behind) {
            entry.lane().ifPresent(parked::leave);
        }
        room.give(1, entry.bytes);
    }
}
