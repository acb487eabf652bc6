package dev.freshet.replica.agent;

import dev.freshet.replica.port.Owned;
import dev.freshet.stream.Partition;
import dev.freshet.stream.SeenPositions;
import dev.freshet.stream.StreamBatch;
import dev.freshet.stream.StreamRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that an instance owns, and how far each has come: as committed, as read, and where the reader moved on
 * without a record (transaction markers, compacted tails). Such a move is stored only once it is {@linkplain #prove proven},
 * since a topic that was made again moves a reader on as well. Belongs to one thread.
 */
final class OwnedPartitions {
    private final Map<Partition, Owned> owned = new HashMap<>();
    private final SeenPositions seen = new SeenPositions();
    private final Map<Partition, Long> moves = new HashMap<>();
    private final Map<Partition, Long> noted = new HashMap<>();
    private Instant notedAt = Instant.MIN;

    /** Takes a partition, or goes back to what its row says. */
    void take(Partition partition, Owned row) {
        owned.put(partition, row);
        seen.start(partition, row.position());
    }

    /** Takes note of rows as they were committed. */
    void putAll(Map<Partition, Owned> committed) {
        owned.putAll(committed);
    }

    void put(Partition partition, Owned committed) {
        owned.put(partition, committed);
    }

    @Nullable
    Owned get(Partition partition) {
        return owned.get(partition);
    }

    void forget(Partition partition) {
        owned.remove(partition);
        forgetMove(partition);
        seen.forget(partition);
    }

    /** Returns the records of owned partitions that were not read before, and notes where the reader has moved to. */
    List<StreamRecord> fresh(StreamBatch batch) {
        batch.positions().forEach((p, offset) -> {
            if (owned.containsKey(p)) {
                moves.put(p, offset);
            }
        });
        List<StreamRecord> records = new ArrayList<>(batch.records().size());
        for (StreamRecord r : batch.records()) {
            if (owned.containsKey(r.partition()) && seen.advance(r)) {
                records.add(r);
            }
        }
        return records;
    }

    /** Returns the rows of the records' partitions as they are once the records are applied. */
    Map<Partition, Owned> after(List<StreamRecord> records) {
        Map<Partition, Owned> after = new LinkedHashMap<>();
        for (int i = records.size() - 1; i >= 0 && after.size() < owned.size(); i--) {
            StreamRecord r = records.get(i);
            Owned o = owned.get(r.partition());
            if (o != null && !after.containsKey(r.partition())) {
                after.put(r.partition(), o.movedTo(r.offset() + 1, r.position()));
            }
        }
        return after;
    }

    /**
     * Takes note of where the reader has moved to beyond what is committed, unless an earlier note is not proven yet. Nothing
     * that was read may be left to commit. A partition that has stopped has no move: {@link #forgetMove}.
     *
     * @param now the time
     */
    void noteMoves(Instant now) {
        if (!noted.isEmpty() || moves.isEmpty()) {
            return;
        }
        moves.forEach((p, offset) -> {
            Owned o = owned.get(p);
            if (o != null && offset > o.nextOffset()) {
                noted.put(p, offset);
            }
        });
        moves.clear();
        notedAt = now;
    }

    /**
     * Proves what was noted before the brokers were asked, in topics that are those from which the tables were filled.
     *
     * @param ids what the brokers said
     * @param filledFrom the ids of the topics from which the tables were filled
     * @return the rows that have moved on, to be stored
     */
    Map<Partition, Owned> prove(TopicIds ids, Map<String, String> filledFrom) {
        if (noted.isEmpty() || !ids.askedAt().isAfter(notedAt)) {
            return Map.of();
        }
        Map<Partition, Owned> moved = new HashMap<>();
        noted.forEach((p, offset) -> {
            String id = ids.ids().get(p.topic());
            Owned o = owned.get(p);
            if (o != null && offset > o.nextOffset() && id != null && id.equals(filledFrom.get(p.topic()))) {
                moved.put(p, o.movedTo(offset, o.position()));
            }
        });
        noted.clear();
        return moved;
    }

    void forgetMove(Partition partition) {
        moves.remove(partition);
        noted.remove(partition);
    }
}
