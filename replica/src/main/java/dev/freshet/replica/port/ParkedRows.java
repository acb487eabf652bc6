package dev.freshet.replica.port;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The parked keys of one replica, within the session's transaction. They change in the transaction that moves their partition,
 * by whoever has locked its position row.
 */
public interface ParkedRows {
    /** Returns the parked keys of a partition; the caller has locked its position row. */
    Set<RecordKey> keys(String stream, int partition);

    /** Returns how many keys of a stream are parked, of all its partitions. */
    long count(String stream);

    /** Parks a key; one that is parked keeps the time since when. */
    void park(ParkedKey key);

    /** Parks keys no longer, since a later record of each was applied. */
    void mend(String stream, Collection<RecordKey> keys);

    /** Parks these keys of a stream and no others, since its table was filled anew; those that are parked keep the time. */
    void replace(String stream, List<ParkedKey> keys);

    /** Returns the streams that have parked keys, by name. */
    List<ParkedStream> read();
}
