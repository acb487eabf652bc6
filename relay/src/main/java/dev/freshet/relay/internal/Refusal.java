package dev.freshet.relay.internal;

import java.time.Instant;

/**
 * A topic's refusal to take records of its stream.
 *
 * @param givenUpAt from when on the stream is given up as broken
 * @param reason what was refused and why, without a full stop
 */
record Refusal(Instant givenUpAt, String reason) {}
