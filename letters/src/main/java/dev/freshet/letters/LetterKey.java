package dev.freshet.letters;

import java.nio.ByteBuffer;

/**
 * A key of a stream, whose letters stay in order.
 *
 * @param stream the stream; empty where it is not known
 * @param key the key's bytes
 */
public record LetterKey(String stream, ByteBuffer key) {}
