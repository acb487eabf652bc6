package dev.freshet.replica.port;

import java.time.Instant;

/**
 * The parked keys of a stream.
 *
 * @param stream the stream
 * @param keys how many there are, at least one
 * @param since since when the oldest is parked, by the database's clock
 * @param oldest why that one is
 */
public record ParkedStream(String stream, long keys, Instant since, String oldest) {}
