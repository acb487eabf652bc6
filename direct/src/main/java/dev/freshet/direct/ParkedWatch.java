package dev.freshet.direct;

import dev.freshet.letters.LetterHead;
import dev.freshet.letters.LetterPlace;
import dev.freshet.letters.LetterReader;
import dev.freshet.letters.WaitingLetters;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.LoggerFactory;

/**
 * Reads in the dead-letter topic which keys are parked: once before anything is sent, then, while some are, again and again, so
 * that they are let go once their letters are dealt with. Has a thread of its own.
 */
final class ParkedWatch implements LanePorts.LettersRead {
    private static final long LEAST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    /** A long topic is not read all the time. */
    private static final int PAUSES_PER_READING = 9;

    private final SeldomLog log = new SeldomLog(LoggerFactory.getLogger(ParkedWatch.class));
    private final SeldomLog outages = SeldomLog.ofOutages();
    private final EventLoop thread;
    private final LetterTopic topic;
    private final DirectSettings settings;
    private final ParkedKeys parked;
    private final Runnable known;
    private Optional<LetterReader> reader = Optional.empty();
    private int failed;
    private volatile String trouble;
    private volatile boolean isKnown;
    private final long began = System.nanoTime();

    /**
     * Creates it.
     *
     * @param known called on its thread once the keys are known
     */
    ParkedWatch(EventLoop thread, LetterTopic topic, DirectSettings settings, ParkedKeys parked, Runnable known) {
        this.thread = thread;
        this.topic = topic;
        this.settings = settings;
        this.parked = parked;
        this.known = known;
        this.trouble = "topic '" + settings.deadLetterTopic() + "' has not been read yet";
    }

    void start() {
        thread.execute(this::look);
    }

    @Override
    public boolean isKnown() {
        return isKnown;
    }

    @Override
    public long unknownForNanos() {
        return System.nanoTime() - began;
    }

    @Override
    public String trouble() {
        return trouble;
    }

    private void look() {
        if (isKnown && parked.size() == 0) {
            thread.schedule(this::look, LEAST_PAUSE_NANOS);
            return;
        }
        topic.require()
                .thenAccept(fault -> thread.execute(() -> {
                    if (fault.isPresent()) {
                        failed(fault.get().reason(), !fault.get().lasts());
                    } else {
                        read();
                    }
                }));
    }

    private void read() {
        long reading = System.nanoTime();
        try {
            update();
        } catch (FreshetException e) {
            failed(String.valueOf(e.getMessage()), e instanceof RetriableException);
            return;
        }
        failed = 0;
        if (!isKnown) {
            isKnown = true;
            known.run();
        }
        thread.schedule(this::look, Math.max(LEAST_PAUSE_NANOS, PAUSES_PER_READING * (System.nanoTime() - reading)));
    }

    private void update() {
        Set<LetterPlace> before = parked.places();
        WaitingLetters waiting = reader().waiting();
        parked.update(before, keys(waiting));
    }

    /** Reads the letters once more; completes when the keys of all that were written before the call are known. To be cancelled if nobody waits. */
    CompletableFuture<Void> refresh() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        boolean taken = thread.execute(() -> {
            if (done.isDone()) {
                return; // nobody waits for it any more
            }
            if (!isKnown) {
                done.completeExceptionally(new RetriableException(trouble));
                return;
            }
            try {
                update();
                done.complete(null);
            } catch (FreshetException e) {
                done.completeExceptionally(e);
            }
        });
        if (!taken) {
            done.completeExceptionally(new RetriableException("the publisher closes"));
        }
        return done;
    }

    private LetterReader reader() {
        if (reader.isEmpty()) {
            reader = Optional.of(LetterReader.open(settings.deadLetterTopic(), settings.kafka(), settings.clock()));
        }
        return reader.get();
    }

    private static Map<LetterPlace, LaneKey> keys(WaitingLetters waiting) {
        Map<LetterPlace, LaneKey> keys = new HashMap<>();
        for (LetterHead head : waiting.all()) {
            if (head.key() != null && !head.stream().isEmpty()) {
                keys.put(head.place(), new LaneKey(head.stream(), head.keyText()));
            }
        }
        return keys;
    }

    private void failed(String why, boolean passes) {
        trouble = why;
        (passes ? outages : log)
                .warn("The parked keys of source '" + settings.source() + "' cannot be read; it is tried again. "
                        + why);
        failed++;
        thread.schedule(this::look, Backoff.nanos(failed));
    }

    /** Closes the reader; runs on its own thread, to which it belongs, and stops that. */
    void close() {
        thread.execute(() -> {
            reader.ifPresent(LetterReader::close);
            thread.stop();
        });
    }
}
