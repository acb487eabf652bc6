package dev.freshet.relay.internal;

import dev.freshet.capture.SnapshotReader;
import dev.freshet.capture.WindowRows;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.VanishedKeys;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicKeys;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a topic had when the re-snapshot began, without those of tombstones: a window gives those of them that the
 * table does not have.
 */
final class KeyChunks implements Chunks {
    private static final int MOST_BYTES = 4 << 20;
    private static final byte[] NO_VALUE = new byte[0];

    private final SnapshotReader reader;
    private final TopicInfo topic;
    private final OffsetVector end;
    private final int mostKeys;
    /** By key the same key, or null where its last record is a tombstone. */
    private final Map<ByteBuffer, byte @Nullable []> gathered = new LinkedHashMap<>();

    private final TopicOpener topics;
    private @Nullable TopicKeys open;
    private SnapshotProgress progress;
    private OffsetVector at;
    private long bytes;
    private List<byte[]> asked = List.of();

    /**
     * Creates the chunks.
     *
     * @param topics opens the stream's topic
     * @param mostKeys how many keys are looked up at once, about
     */
    KeyChunks(SnapshotReader reader, StreamEntry stream, SnapshotProgress progress, TopicOpener topics, int mostKeys) {
        VanishedKeys keys = Objects.requireNonNull(progress.keys());
        this.reader = reader;
        this.topic = new TopicInfo(stream.stream(), stream.topic(), stream.topicId(), stream.partitions());
        this.progress = progress;
        this.topics = topics;
        this.mostKeys = mostKeys;
        this.end = Objects.requireNonNull(keys.end());
        this.at = Objects.requireNonNull(keys.next());
    }

    @Override
    public boolean prepare() {
        if (at.equals(end) || gathered.size() >= mostKeys || bytes >= MOST_BYTES) {
            return true;
        }
        TopicKeys keys = open;
        if (keys == null) {
            keys = topics.open(topic, at, end);
            open = keys;
        }
        at = keys.poll((key, tombstone) -> {
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
        reader.startLookup(topic.stream(), live);
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
        if (open != null) {
            open.close();
        }
    }
}
