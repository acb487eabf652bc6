package dev.freshet.simulation;

import dev.freshet.model.FreshetException;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.agent.Agent;
import dev.freshet.stream.Partition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A process: it can be killed, paused, or cut off at any call of a port, and what it held is given back at its end. */
final class SimProcess implements Calls {
    /** What happens at one of the next calls. */
    interface Interruption {
        Trouble happen();
    }

    private final List<Runnable> atEnd = new ArrayList<>();
    private final Set<Object> atWork = new HashSet<>();
    private Function<Partition, Position> seen = p -> Position.ZERO;
    private @Nullable Interruption next;
    private int callsUntil;
    private boolean dead;

    /** Lets something happen at a later call. */
    void interrupt(int calls, Interruption what) {
        callsUntil = calls;
        next = what;
    }

    /** Takes back what was to happen. */
    void undisturbed() {
        next = null;
    }

    /** Has something done when the process ends. */
    void atEnd(Runnable what) {
        atEnd.add(what);
    }

    void seen(Function<Partition, Position> byPartition) {
        seen = byPartition;
    }

    Position seenBefore(Partition partition) {
        return seen.apply(partition);
    }

    @Override
    public Trouble call() {
        if (dead) {
            throw new Killed();
        }
        Interruption what = next;
        if (what == null || --callsUntil > 0) {
            return Trouble.NONE;
        }
        next = null;
        Trouble trouble = what.happen();
        if (dead) {
            throw new Killed();
        }
        return trouble;
    }

    /** Returns whether the agent may begin to work: it is not standing still in the midst of it. */
    private boolean begin(Object agent) {
        return !dead && atWork.add(agent);
    }

    private void end(Object agent) {
        atWork.remove(agent);
    }

    /** Lets an agent work once, as its runner does: what passes is tried again, and what does not ends it. */
    void work(Agent agent) {
        if (!begin(agent)) {
            return;
        }
        try {
            agent.doWork();
        } catch (Calls.Killed e) {
            kill();
        } catch (RetriableException e) {
            // the next step tries again
        } catch (FreshetException e) {
            // it has stopped for good: somebody begins it anew
            kill();
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts the simulation", e);
        } finally {
            end(agent);
        }
    }

    void kill() {
        if (!dead) {
            dead = true;
            atEnd.forEach(Runnable::run);
        }
    }

    boolean isDead() {
        return dead;
    }
}
