package dev.freshet.stream;

/**
 * Where a stream is found in Kafka.
 *
 * @param source the source's name
 * @param stream the stream's name in the ledger
 * @param topic its topic
 * @param ledger the source's ledger topic
 */
public record StreamLocation(String source, String stream, String topic, String ledger) {}
