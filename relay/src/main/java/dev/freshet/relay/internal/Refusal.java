package dev.freshet.relay.internal;

import java.time.Instant;

/**
 * A topic's refusal to take records of its stream.
 *
 * @param topicId which topic it was
 * @param givenUpAt from when on the stream is given up as broken
 * @param damaged whether the topic is no longer what was written to, so that what it had may be gone
 * @param reason what was refused and why, without a full stop
 */
record Refusal(String topicId, Instant givenUpAt, boolean damaged, String reason) {}
