package dev.freshet.capture.polling;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Questions to a polled database over one session, made anew after a failure. Belongs to one thread. */
final class PolledQuestions implements AutoCloseable {
    private final PolledStore store;
    private @Nullable PolledSession session;
    private int sessions;

    /** Creates it; nothing is connected before the first question. */
    PolledQuestions(PolledStore store) {
        this.store = store;
    }

    /**
     * Asks.
     *
     * @param doing what has failed if it fails, as the end of a sentence that names the source
     */
    <T> T ask(String doing, Function<PolledSession, T> work) {
        try {
            PolledSession present = session;
            if (present == null || present.isClosed()) {
                present = store.open();
                session = present;
                sessions++;
            }
            return work.apply(present);
        } catch (PolledFailure e) {
            close();
            throw store.failed(doing, e);
        }
    }

    /** Returns the number of the session over which it asked last. */
    int session() {
        return sessions;
    }

    @Override
    public void close() {
        PolledSession present = session;
        session = null;
        if (present != null) {
            present.close();
        }
    }
}
