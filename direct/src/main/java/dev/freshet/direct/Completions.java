package dev.freshet.direct;

import dev.freshet.model.FreshetException;
import java.util.concurrent.ForkJoinPool;

/** Tells what has become of an event, and gives its places back. Callers' own work runs on the common pool, never on the loop. */
final class Completions {
    private final Room room;
    private final ParkedKeys parked;

    Completions(Room room, ParkedKeys parked) {
        this.room = room;
        this.parked = parked;
    }

    void done(Entry entry, Outcome outcome) {
        if (entry.isDrained()) {
            entry.outcome.complete(outcome); // nobody but the drain waits for it
            return;
        }
        giveBack(entry);
        entry.outcome.completeAsync(() -> outcome);
    }

    void failed(Entry entry, FreshetException why) {
        giveBack(entry);
        ForkJoinPool.commonPool().execute(() -> entry.outcome.completeExceptionally(why));
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
