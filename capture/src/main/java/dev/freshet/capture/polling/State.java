package dev.freshet.capture.polling;

import org.jspecify.annotations.Nullable;

/**
 * What the database keeps of the numbering.
 *
 * @param identity the name of this history; null while no relay has asked for it
 * @param slot the slot's name, or null if there is none
 * @param confirmed below which number everything is in Kafka
 * @param next the next number
 * @param high up to which {@code seq} everything was looked at
 * @param settled up to which {@code seq} nothing can come any more
 */
public record State(
        @Nullable String identity, @Nullable String slot, long confirmed, long next, long high, long settled) {}
