package dev.freshet.relay.internal;

import dev.freshet.capture.SnapshotReader;
import dev.freshet.capture.WindowRows;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.VanishedKeys;
import dev.freshet.relay.port.TopicKeys;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a topic had when the re-snapshot began, without those of tombstones: a window gives those of them that the
 * table does not have.
 */
final class KeyChunks implements Chunks {
    private static final int MOST_KEYS = 5_000;
    private static final int MOST_BYTES = 4 << 20;
    private static final byte[] NO_VALUE = new byte[0];

    private final SnapshotReader reader;
    private final String stream;
    private final OffsetVector end;
    /** By key the same key, or null where its last record is a tombstone. */
    private final Map<ByteBuffer, byte @Nullable []> gathered = new LinkedHashMap<>();

    private final BiFunction<OffsetVector, OffsetVector, TopicKeys> topics;
    private @Nullable TopicKeys topic;
    private SnapshotProgress progress;
    private OffsetVector at;
    private long bytes;
    private List<byte[]> asked = List.of();

    /**
     * Creates the chunks.
     *
     * @param topics opens the stream's topic from offsets up to offsets
     */
    KeyChunks(
            SnapshotReader reader,
            String stream,
            SnapshotProgress progress,
            BiFunction<OffsetVector, OffsetVector, TopicKeys> topics) {
        VanishedKeys keys = Objects.requireNonNull(progress.keys());
        this.reader = reader;
        this.stream = stream;
        this.progress = progress;
        this.topics = topics;
        this.end = Objects.requireNonNull(keys.end());
        this.at = Objects.requireNonNull(keys.next());
    }

    @Override
    public boolean prepare() {
        if (at.equals(end) || gathered.size() >= MOST_KEYS || bytes >= MOST_BYTES) {
            return true;
        }
        TopicKeys open = topic;
        if (open == null) {
            open = topics.apply(at, end);
            topic = open;
        }
        at = open.poll((key, tombstone) -> {
            gathered.put(ByteBuffer.wrap(key), tombstone ? null : key);
            bytes += key.length;
        });
        return false;
    }

    @Override
    public void start(long mostRows) {
        List<byte[]> live = new ArrayList<>();
        for (byte[] key : gathered.values()) {
            if (key != null) {
                live.add(key);
            }
        }
        asked = live;
        reader.startLookup(stream, live);
    }

    @Override
    public Optional<Read> poll() {
        return reader.pollLookup().map(this::read);
    }

    private Read read(Set<ByteBuffer> present) {
        List<WindowRows.Row> vanished = new ArrayList<>();
        for (byte[] key : asked) {
            if (!present.contains(ByteBuffer.wrap(key))) {
                vanished.add(new WindowRows.Row(key, NO_VALUE));
            }
        }
        gathered.clear();
        bytes = 0;
        VanishedKeys keys = Objects.requireNonNull(progress.keys());
        progress = progress.withKeys(keys.at(at));
        return new Read(null, vanished, asked.size(), progress, at.equals(end));
    }

    @Override
    public SnapshotProgress written(Read read) {
        return read.progress();
    }

    @Override
    public void close() {
        reader.cancelWindow();
        if (topic != null) {
            topic.close();
        }
    }
}
