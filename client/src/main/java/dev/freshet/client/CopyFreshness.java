package dev.freshet.client;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How fresh a copy is, over all of its sources.
 *
 * @param replica the replica's name
 * @param complete whether it is proven that the copy has everything up to {@code completeTo}
 * @param reason why it is not complete, a sentence for each source concerned; null if it is
 * @param completeTo the time by the source's clock up to which the copy has everything, or null if unknown; it holds also
 *     where the copy is not complete
 * @param age how long ago that is, by the clock of the copy's database, not below zero; null if {@code completeTo} is
 * @param changesBehind how many records of the log's end the copy has not applied, an upper bound; null if a source of it has not
 *     reported of late
 */
public record CopyFreshness(
        String replica,
        boolean complete,
        @Nullable String reason,
        @Nullable Instant completeTo,
        @Nullable Duration age,
        @Nullable Long changesBehind) {
    /** Returns whether the copy is complete and was so at most this long ago. */
    public boolean isFresh(Duration limit) {
        return complete && age != null && age.compareTo(limit) <= 0;
    }
}
