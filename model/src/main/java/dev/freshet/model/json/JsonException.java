package dev.freshet.model.json;

/** Text that is not JSON, or not of the expected form; the message gives the offset and never the data. */
public class JsonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what was expected, what stands there, and at which byte
     */
    public JsonException(String message) {
        super(message);
    }
}
