package dev.freshet.bench.contender;

import dev.freshet.bench.process.Contender;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import org.jspecify.annotations.Nullable;

/** A contender that is a single thread's work. A public constructor without parameters is the subclass's to have. */
public abstract class Worker implements Contender {
    private @Nullable Thread thread;
    private volatile boolean stopping;

    /**
     * Does the work until it is done or {@link #stopping}.
     *
     * @throws Exception if it fails
     */
    protected abstract void work(Settings settings, Signals signals) throws Exception;

    /** Whether the work is to end. */
    protected final boolean stopping() {
        return stopping;
    }

    @Override
    public final void start(Settings settings, Signals signals) {
        stopping = false;
        Thread started = new Thread(
                () -> {
                    try {
                        work(settings, signals);
                    } catch (Exception | Error e) {
                        signals.failed(e);
                    }
                },
                "worker");
        started.start();
        thread = started;
    }

    @Override
    public final void stop() throws InterruptedException {
        stopping = true;
        Thread running = thread;
        if (running != null) {
            running.join();
        }
    }
}
