package dev.freshet.replica.agent;

import dev.freshet.model.LossException;
import dev.freshet.model.RetriableException;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.ReplicaStatus;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.CopyStore;
import dev.freshet.replica.port.StoreException;
import dev.freshet.replica.port.StreamRow;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an agent that applies changes has to work with from its preparation to its next fault: the sources and a session; and
 * how it tells and notes what went wrong. Belongs to that agent's thread.
 */
final class Workplace implements AutoCloseable {
    private final ReplicaConfig config;
    private final CopyStore store;
    private final Progress progress;
    private final FoundSources found;
    private @Nullable CopySession db;

    Workplace(ReplicaConfig config, Readers readers, CopyStore store, Progress progress) {
        this.config = config;
        this.store = store;
        this.progress = progress;
        this.found = new FoundSources(config, readers, progress);
    }

    /** Closes the sources that were given up, but for the ones that the agent may be using. */
    void closeLost() {
        found.closeLost();
    }

    /** Returns the sources as they were found last, or null. */
    @Nullable
    Sources knownSources() {
        return found.known();
    }

    /** Finds the sources; the agent has let go of those that were lost. */
    Sources sources() throws InterruptedException {
        return found.get();
    }

    /** Returns the session; where there is none it is opened, what is missing in the database made, and the sources told. */
    CopySession open(Sources sources) {
        CopySession c = db;
        if (c == null) {
            c = store.open();
            db = c;
            c.prepare();
            BegunStreams.ensure(c, config.streams());
            c.commit();
        }
        // only now, since whoever sees them reads the tables that were just made
        progress.sources(sources);
        return c;
    }

    /** Returns the session, or null if it is to be opened. */
    @Nullable
    CopySession session() {
        return db;
    }

    /** Closes the agent's work, and the session. */
    void letGo(@Nullable AutoCloseable work) {
        CopySession c = db;
        db = null;
        Resources.close(work, c);
    }

    /** Tells what went wrong, and returns it. */
    RuntimeException passing(RuntimeException e) {
        if (e instanceof RetriableException) {
            progress.state(progress.state(), e.getMessage());
        } else {
            progress.state(ReplicaStatus.State.STOPPED, String.valueOf(e.getMessage()));
        }
        return e;
    }

    /** Tells that the session has failed, and returns what is to be thrown. */
    RuntimeException lostWork(StoreException e) {
        return passing(e.during("Replica '" + config.name() + "' lost its work in its database"));
    }

    /** Tells that something was lost that the copy does not need, and returns what is to be thrown. */
    RuntimeException preparesAgain(LossException e) {
        return passing(new RetriableException("Replica '" + config.name() + "' prepares again: " + e.getMessage(), e));
    }

    /**
     * Notes in a session of its own that tables are to be filled anew, and that the copy is not complete.
     *
     * @param mine whether this instance may say so, asked in the same transaction
     * @return whether it may
     */
    boolean refill(Predicate<CopySession> mine, Predicate<StreamRow> which, String reason) {
        try (CopySession c = store.open()) {
            if (!mine.test(c)) {
                c.rollback();
                return false;
            }
            for (StreamRow row : c.streams().read()) {
                if (which.test(row) && c.streams().refill(row.stream(), row.fill(), reason)) {
                    c.positions().fence(row.stream());
                }
            }
            c.reports().withdraw(reason, true);
            c.commit();
            return true;
        } catch (StoreException e) {
            throw passing(e.during("Replica '" + config.name() + "' could not note that it must be filled"));
        }
    }

    /** Closes the sources that nobody else knows. */
    @Override
    public void close() {
        found.close();
    }
}
