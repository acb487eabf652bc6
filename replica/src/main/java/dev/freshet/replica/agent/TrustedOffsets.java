package dev.freshet.replica.agent;

import dev.freshet.model.Position;
import dev.freshet.replica.port.Owned;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which offsets of position rows surely are offsets of the topics that the ledger speaks of.
 *
 * <p>A row's offset lies behind the last record that was applied, or was proven otherwise. That record is of the ledger's topic
 * if it lies at or below what the ledger says is written: whatever a topic that was made again gets is written later. The ledger
 * comes by another way than the records, so a row may be ahead of it: then its former offset counts, until the ledger has come
 * as far. Belongs to one thread.
 */
final class TrustedOffsets {
    private record Place(String stream, long fill, int partition) {
        static Place of(Owned row) {
            return new Place(row.stream(), row.fill(), row.partition());
        }
    }

    private final Map<Place, Long> trusted = new HashMap<>();
    private final Map<Place, Owned> ahead = new HashMap<>();

    /**
     * Takes note of the rows as they are now.
     *
     * @param written up to where the relay had written when it made the newest entry of the ledger that was read
     * @return whether an offset of each is known
     */
    boolean learn(List<Owned> rows, Position written) {
        Set<Place> places = new HashSet<>();
        for (Owned row : rows) {
            Place place = Place.of(row);
            places.add(place);
            Owned before = ahead.get(place);
            if (before != null && !before.position().isAfter(written)) {
                trusted.put(place, before.nextOffset());
                ahead.remove(place);
            }
            if (row.position().isAfter(written)) {
                // the oldest is kept, so that the trusted offset moves on however far behind the ledger is read
                ahead.putIfAbsent(place, row);
            } else {
                trusted.put(place, row.nextOffset());
            }
        }
        ahead.keySet().retainAll(places);
        trusted.keySet().retainAll(places);
        return trusted.size() == places.size();
    }

    /** Returns the offset up to which a row is trusted; 0 if nothing is known of it. */
    long of(Owned row) {
        return trusted.getOrDefault(Place.of(row), 0L);
    }
}
