package dev.freshet.bench;

import dev.freshet.model.json.JsonWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One figure of Freshet beside its limit and its peers, all of one run.
 *
 * <p>Ratios are ours divided by the other, whatever the unit: with rows per second above 1 is better, with milliseconds
 * or megabytes below 1 is better.
 *
 * @param name the command, the case and what was measured, as in {@code relay: one-row backlog, cold}
 * @param unit of all values
 * @param ours Freshet's; null if it was not measured
 * @param limit what the servers themselves allow; null if the case has none
 * @param limitIs what the limit is; empty if there is none
 * @param peers the values of others by their names, in the order of the report
 */
public record Measurement(
        String name,
        String unit,
        @Nullable Double ours,
        @Nullable Double limit,
        String limitIs,
        Map<String, Double> peers) {
    private static final MathContext FOUR_DIGITS = new MathContext(4, RoundingMode.HALF_UP);

    /** Copies the peers. */
    public Measurement {
        peers = Collections.unmodifiableMap(new LinkedHashMap<>(peers));
    }

    /** Returns ours divided by the limit; null if one is missing. */
    public @Nullable Double ratioToLimit() {
        return ratio(ours, limit);
    }

    /** Returns ours divided by the peer's value; null if one is missing. */
    public @Nullable Double ratioToPeer(String peer) {
        return ratio(ours, peers.get(peer));
    }

    private static @Nullable Double ratio(@Nullable Double ours, @Nullable Double other) {
        return ours == null || other == null || other == 0 ? null : ours / other;
    }

    /** Returns the measurement as one line of JSON. */
    public String toJson() {
        JsonWriter json = new JsonWriter().beginObject();
        json.name("name").string(name).name("unit").string(unit);
        number(json.name("ours"), ours);
        number(json.name("limit"), limit);
        json.name("limitIs").string(limitIs).name("peers").beginObject();
        peers.forEach((peer, value) -> number(json.name(peer), value));
        json.endObject();
        number(json.name("ratioToLimit"), ratioToLimit());
        json.name("ratioToPeers").beginObject();
        peers.keySet().forEach(peer -> number(json.name(peer), ratioToPeer(peer)));
        return json.endObject().endObject().toString();
    }

    private static void number(JsonWriter json, @Nullable Double value) {
        if (value == null) {
            json.nullValue();
        } else {
            byte[] text =
                    new BigDecimal(value).round(FOUR_DIGITS).toPlainString().getBytes(StandardCharsets.US_ASCII);
            json.raw(text, 0, text.length);
        }
    }
}
