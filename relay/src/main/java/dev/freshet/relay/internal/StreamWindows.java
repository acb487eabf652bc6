package dev.freshet.relay.internal;

import dev.freshet.capture.SnapshotReader;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.SnapshotLimits;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The stream that is read now, if there is one, and how far it is; a progress may be ahead of the ledger by the window that is on
 * its way into the topic. Belongs to the relay's thread.
 */
final class StreamWindows {
    private final SnapshotReader reader;
    private final LedgerState ledger;
    private final TopicOpener topics;
    private final SnapshotLimits limits;
    private @Nullable String stream;
    private SnapshotProgress progress = SnapshotProgress.first();
    private @Nullable Chunks chunks;
    private Chunks.@Nullable Read read;
    private @Nullable String finished;

    StreamWindows(SnapshotReader reader, LedgerState ledger, TopicOpener topics, SnapshotLimits limits) {
        this.reader = reader;
        this.ledger = ledger;
        this.topics = topics;
        this.limits = limits;
    }

    /** Returns the stream, or null. */
    @Nullable
    String stream() {
        return stream;
    }

    private String chosen() {
        return Objects.requireNonNull(stream, "a stream is chosen when its low watermark arrives");
    }

    /** Returns whether a stream is to be read: the ledger says so, and its last window is not on its way already. */
    boolean wants(StreamEntry entry) {
        return isReady(entry) && !entry.stream().equals(finished);
    }

    private static boolean isReady(@Nullable StreamEntry entry) {
        SnapshotProgress progress = entry == null ? null : entry.snapshot();
        return entry != null
                && !entry.isOfEvents()
                && entry.status() == StreamStatus.SNAPSHOTTING
                && progress != null
                && progress.isReady();
    }

    /** Returns whether the stream that is chosen is still to be read. */
    boolean goOn() {
        return stream != null && isReady(ledger.stream(stream));
    }

    /** Begins with another stream, from its progress in the ledger. */
    void choose(String name) {
        release();
        stream = name;
        progress = Objects.requireNonNull(
                Objects.requireNonNull(ledger.stream(name)).snapshot());
    }

    /** Gives up what is being read of the stream that is chosen; it stays chosen. */
    void interrupt() {
        read = null;
        if (chunks != null) {
            chunks.close();
            chunks = null;
        }
    }

    /** Gives up the stream that is chosen. */
    void release() {
        interrupt();
        stream = null;
    }

    /** Forgets a stream whose rows have changed without row messages; returns whether it was being read. */
    boolean forget(String changed) {
        if (changed.equals(finished)) {
            finished = null;
        }
        if (!changed.equals(stream)) {
            return false;
        }
        release();
        return true;
    }

    /** Returns how many rows a second may be read; 0 for no limit. */
    long rate() {
        return progress.maxRowsPerSecond() > 0 ? progress.maxRowsPerSecond() : limits.maxRowsPerSecond();
    }

    /** Goes on to begin the next window; returns whether it is begun. */
    boolean start() {
        Chunks next = chunks == null ? open() : chunks;
        chunks = next;
        if (!next.prepare()) {
            return false;
        }
        next.start(rate() == 0 ? Long.MAX_VALUE : rate());
        return true;
    }

    private Chunks open() {
        return progress.atKeys()
                ? new KeyChunks(
                        reader, Objects.requireNonNull(ledger.stream(chosen())), progress, topics, limits.lookupKeys())
                : new RowChunks(reader, chosen(), progress);
    }

    /** Looks whether the window that was begun is read, and returns it. */
    boolean poll() {
        read = Objects.requireNonNull(chunks).poll().orElse(null);
        return isRead();
    }

    /** Returns whether a window is read and not ended yet. */
    boolean isRead() {
        return read != null;
    }

    /** Returns at how many rows or keys the window looked that is read. */
    long looked() {
        return Objects.requireNonNull(read).looked();
    }

    /** Takes those rows away from the window that is read, if one is, that the log has changed. */
    void drop(ChangedKeys changed) {
        if (read != null) {
            changed.dropFrom(read.rows());
        }
    }

    /**
     * Ends the window that is read.
     *
     * @param position its high watermark's
     * @return what is to be written; empty if the stream is not to be read any more, which gives it up
     */
    Optional<SnapshotWindow> complete(Position position) {
        Chunks.Read window = Objects.requireNonNull(read, "rows are read before the high watermark is set");
        read = null;
        String name = chosen();
        StreamEntry entry = ledger.stream(name);
        if (entry == null || entry.status() != StreamStatus.SNAPSHOTTING) {
            return Optional.empty();
        }
        boolean atKeys = progress.atKeys();
        progress = Objects.requireNonNull(chunks).written(window);
        if (window.done() || progress.atKeys() != atKeys) {
            interrupt();
        }
        if (window.done()) {
            stream = null;
            finished = name;
        }
        return Optional.of(new SnapshotWindow(name, window.schema(), window.rows(), position, progress, window.done()));
    }
}
