package dev.freshet.outbox;

/** Encodes payloads. Safe to share between threads. */
public interface EventCodec {
    /**
     * Encodes a payload.
     *
     * @param payload what the event was given
     * @return its bytes
     * @throws Exception if it cannot be encoded; the event is refused with its message
     */
    @SuppressWarnings("PMD.SignatureDeclareThrowsException") // whatever a library throws is told alike
    byte[] encode(Object payload) throws Exception;

    /** Returns the media type of what it makes, such as {@code application/json}; the header {@code content-type}. */
    String contentType();
}
