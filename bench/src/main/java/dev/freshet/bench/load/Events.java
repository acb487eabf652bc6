package dev.freshet.bench.load;

import dev.freshet.outbox.JsonCodec;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** The business events that are measured with: JSON of some 200 bytes, keyed by their ids. */
final class Events {
    /** What kind of thing they tell of. */
    static final String SUBJECT = "order";

    /** What happened to it. */
    static final String TYPE = "order-placed";

    private static final JsonCodec JSON = new JsonCodec();
    private static final String[] CURRENCIES = {"EUR", "GBP", "USD"};
    private static final int CUSTOMERS = 10_000;
    private static final int CENTS = 1_000_000;
    private static final long START_SECONDS =
            Instant.parse("2026-01-01T00:00:00Z").getEpochSecond();

    private Events() {}

    /** What an event tells. */
    record OrderPlaced(
            long order,
            long customer,
            BigDecimal amount,
            String currency,
            String placedAt,
            String reference,
            String note) {}

    /** Returns the key of an id. */
    static String key(long id) {
        return Long.toString(id);
    }

    /** Returns what the event of an id tells. */
    static OrderPlaced payload(long id) {
        // not to be compressed better than what people write
        long first = id * 0x9e3779b97f4a7c15L;
        long second = Long.rotateLeft(first, 29) * 0xbf58476d1ce4e5b9L;
        return new OrderPlaced(
                id,
                id % CUSTOMERS,
                BigDecimal.valueOf(id % CENTS, 2),
                CURRENCIES[(int) (id % CURRENCIES.length)],
                Instant.ofEpochSecond(START_SECONDS + id).toString(),
                Long.toHexString(first) + Long.toHexString(second),
                "leave it with the neighbours, please");
    }

    /** Returns the payload as JSON. */
    static String json(long id) {
        return new String(JSON.encode(payload(id)), StandardCharsets.UTF_8);
    }
}
