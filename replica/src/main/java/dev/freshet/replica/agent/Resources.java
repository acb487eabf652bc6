package dev.freshet.replica.agent;

import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.StoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Giving up connections and readers whose state no longer matters. */
final class Resources {
    private static final Logger LOG = LoggerFactory.getLogger(Resources.class);

    private Resources() {}

    /** Closes what is there, in order; what cannot be closed is given up, since nothing depends on it any more. */
    static void close(@Nullable AutoCloseable... resources) {
        for (AutoCloseable resource : resources) {
            if (resource == null) {
                continue;
            }
            try {
                resource.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                LOG.debug("A resource could not be closed; it is given up", e);
            }
        }
    }

    /** Takes back what a session has written; one that cannot is given up by what comes next. */
    static void rollback(CopySession db) {
        try {
            db.rollback();
        } catch (StoreException e) {
            LOG.debug("A rollback failed; the connection is given up", e);
        }
    }
}
