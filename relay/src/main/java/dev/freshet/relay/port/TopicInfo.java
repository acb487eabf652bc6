package dev.freshet.relay.port;

/**
 * A stream's topic as the cluster has it.
 *
 * @param stream the stream's name
 * @param topic the topic's name
 * @param id the topic's id; a topic that was made again has another
 * @param partitions how many partitions it has
 */
public record TopicInfo(String stream, String topic, String id, int partitions) {}
