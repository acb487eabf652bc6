package dev.freshet.stream;

import dev.freshet.model.RecordHeaders;
import java.util.Map;

/**
 * A record of a stream that a copy could not take, to be sent to a topic of its own: as it stands in its topic, with key,
 * value and headers, and further headers that say where it came from and what was the matter.
 *
 * @param partition where the record stands
 * @param offset its offset
 * @param headers the further headers, by name
 */
public record DeadLetter(Partition partition, long offset, Map<String, String> headers) {
    /** The topic in which the record stands. Together with partition and offset it tells letters of the same record. */
    public static final String TOPIC = "freshet-dead-letter-topic";

    /** Its partition, in decimal. */
    public static final String PARTITION = "freshet-dead-letter-partition";

    /** Its offset, in decimal. */
    public static final String OFFSET = "freshet-dead-letter-offset";

    /** The replica that could not take it. */
    public static final String REPLICA = "freshet-dead-letter-replica";

    /** The replica's consumer group. */
    public static final String GROUP = "freshet-dead-letter-group";

    /** What was the matter: {@code refused} by the copy's database, or {@code undecodable}. */
    public static final String ERROR = RecordHeaders.DEAD_LETTER_ERROR;

    /** The database's SQLSTATE; only where it refused the record. */
    public static final String SQLSTATE = "freshet-dead-letter-sqlstate";

    /** The reason in a sentence; without the row's data, unless the replica's {@code show-data} is on. */
    public static final String REASON = RecordHeaders.DEAD_LETTER_REASON;

    /** When the record was tried, as an ISO-8601 instant by the replica's clock. */
    public static final String TIME = "freshet-dead-letter-time";

    /** Copies the map. */
    public DeadLetter {
        headers = Map.copyOf(headers);
    }
}
