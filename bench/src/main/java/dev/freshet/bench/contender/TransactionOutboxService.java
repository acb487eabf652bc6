package dev.freshet.bench.contender;

import com.gruelbox.transactionoutbox.Submitter;
import com.gruelbox.transactionoutbox.TransactionManager;
import com.gruelbox.transactionoutbox.TransactionOutbox;
import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.bench.load.Latencies;
import dev.freshet.bench.load.Load;
import dev.freshet.bench.load.PacedWriter;
import dev.freshet.bench.load.TransactionOutboxEvents;
import dev.freshet.bench.process.Contender;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A service that uses gruelbox's transaction-outbox: {@value #THREADS} threads send, each waits until its record is
 * acknowledged, and one calls {@code flush} in a loop. With {@link Keys#RATE} it publishes as well, and sends what it has
 * committed at once.
 *
 * <p>The queue is as long as the default executor's, which has but one thread; whoever finds it full waits, since what is turned
 * away is not tried again for two minutes.
 */
public final class TransactionOutboxService implements Contender {
    private static final int THREADS = 16;
    private static final int WRITERS = 8;
    private static final int QUEUE = 16_384;
    private static final long END_LIMIT_SECONDS = 60;
    private static final long PAUSE_NANOS = 200_000_000;

    private @Nullable Running running;

    /** Creates the contender. */
    public TransactionOutboxService() {}

    private record Running(
            Flusher flusher, ThreadPoolExecutor workers, HikariDataSource pool, BenchProducer producer) {}

    @Override
    public void start(Settings settings, Signals signals) {
        HikariDataSource pool = TransactionOutboxEvents.pool(Databases.source(settings), THREADS + WRITERS);
        BenchProducer producer = BenchProducer.waitedFor(settings);
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE),
                (work, full) -> waitForRoom(full, work));
        TransactionManager transactions = TransactionManager.fromDataSource(pool);
        TransactionOutbox outbox =
                TransactionOutboxEvents.working(transactions, producer::sendAndWait, Submitter.withExecutor(workers));
        Flusher flusher = new Flusher(outbox, signals);
        flusher.start();
        running = new Running(flusher, workers, pool, producer);
        int perSecond = (int) settings.numberOrZero(Keys.RATE);
        if (perSecond > 0) {
            Load.Writer writer = TransactionOutboxEvents.writer(transactions, outbox, () -> {});
            new Thread(() -> publish(writer, settings, perSecond, signals), "publisher").start();
        }
    }

    private static void waitForRoom(ThreadPoolExecutor full, Runnable work) {
        try {
            full.getQueue().put(work);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RejectedExecutionException("Interrupted while the queue was full", e);
        }
    }

    private static void publish(Load.Writer writer, Settings settings, int perSecond, Signals signals) {
        try {
            long first = settings.number(Keys.FIRST);
            int rows = (int) (settings.number(Keys.LAST) - first + 1);
            Latencies commits = new Latencies(first, rows, 0);
            Instant began = Instant.now();
            PacedWriter.write(() -> writer, commits, perSecond);
            commits.writeCommits(Path.of(settings.get(Keys.FILE)));
            signals.done(began, Instant.now(), rows);
        } catch (Exception e) {
            signals.failed(e);
        }
    }

    @Override
    public void stop() throws Exception {
        Running present = running;
        if (present == null) {
            return;
        }
        present.flusher().end();
        present.workers().shutdown();
        if (!present.workers().awaitTermination(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("What was taken was not sent within " + END_LIMIT_SECONDS + " s");
        }
        present.pool().close();
        present.producer().close();
        running = null;
    }

    /** Calls {@code flush} until it is ended. */
    private static final class Flusher extends Thread {
        private final TransactionOutbox outbox;
        private final Signals signals;
        private volatile boolean ending;

        Flusher(TransactionOutbox outbox, Signals signals) {
            super("flusher");
            this.outbox = outbox;
            this.signals = signals;
        }

        @Override
        public void run() {
            try {
                while (!ending) {
                    if (!outbox.flush()) {
                        LockSupport.parkNanos(PAUSE_NANOS);
                    }
                }
            } catch (RuntimeException e) {
                signals.failed(e);
            }
        }

        void end() throws InterruptedException {
            ending = true;
            join();
        }
    }
}
