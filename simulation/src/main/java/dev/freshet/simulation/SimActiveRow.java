package dev.freshet.simulation;

import dev.freshet.replica.port.ActiveRow;
import dev.freshet.simulation.SimStore.Holder;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The row of the active instance in the simulated database. */
final class SimActiveRow implements ActiveRow {
    private final SimStore store;
    private final SimSession session;

    SimActiveRow(SimStore store, SimSession session) {
        this.store = store;
        this.session = session;
    }

    private boolean isHeard(Holder holder, Duration silence) {
        Instant seen = holder.seenAt();
        return seen != null && seen.plus(silence).isAfter(store.now());
    }

    @Override
    public Optional<Active> read(Duration silence) {
        session.call();
        Holder holder = session.get(store.active);
        return holder == null || holder.seenAt() == null
                ? Optional.empty()
                : Optional.of(new Active(holder.instance(), isHeard(holder, silence)));
    }

    @Override
    public Optional<Long> claim(String instance, Duration silence) {
        session.call();
        session.lock(store.active);
        Holder holder = session.get(store.active);
        if (holder != null && !holder.instance().equals(instance) && isHeard(holder, silence)) {
            return Optional.empty();
        }
        long generation = holder == null ? 1 : holder.generation() + 1;
        session.set(store.active, new Holder(instance, generation, store.now()));
        return Optional.of(generation);
    }

    @Override
    public boolean renew(long generation) {
        return see(generation, store.now());
    }

    @Override
    public void release(long generation) {
        see(generation, null);
    }

    private boolean see(long generation, @Nullable Instant at) {
        session.call();
        Holder holder = session.get(store.active);
        if (holder != null && holder.generation() != generation && !store.rules.hold(Rules.Rule.NAME_ACTIVE)) {
            return true;
        }
        if (holder == null || holder.generation() != generation) {
            return false;
        }
        session.set(store.active, new Holder(holder.instance(), generation, at));
        return true;
    }
}
