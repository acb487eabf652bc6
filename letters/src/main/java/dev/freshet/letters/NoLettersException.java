package dev.freshet.letters;

import dev.freshet.model.ConfigurationException;

/** There is no such topic of dead letters (yet). */
public final class NoLettersException extends ConfigurationException {
    private static final long serialVersionUID = 1;

    /** Creates the exception. */
    public NoLettersException(String topic) {
        super("There is no dead-letter topic '" + topic + "' yet, so no letters either");
    }
}
