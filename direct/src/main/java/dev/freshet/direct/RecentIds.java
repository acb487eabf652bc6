package dev.freshet.direct;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** The ids that callers gave lately, so that the same one again is the same event. Safe to share between threads. */
final class RecentIds {
    /** How many it remembers. */
    static final int MOST = 10_000;

    private final Map<UUID, CompletionStage<Outcome>> stages = new LinkedHashMap<>();

    /** Notes an event; returns what was noted for its id before. One that fails is forgotten, so that it may be published again. */
    Optional<CompletionStage<Outcome>> putIfNew(UUID id, CompletionStage<Outcome> stage) {
        synchronized (this) {
            CompletionStage<Outcome> before = stages.putIfAbsent(id, stage);
            if (before != null) {
                return Optional.of(before);
            }
            if (stages.size() > MOST) {
                Iterator<UUID> oldest = stages.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
        }
        stage.whenComplete((outcome, e) -> {
            if (e != null) {
                forget(id, stage);
            }
        });
        return Optional.empty();
    }

    private synchronized void forget(UUID id, CompletionStage<Outcome> stage) {
        stages.remove(id, stage);
    }
}
