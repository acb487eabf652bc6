package dev.freshet.server.config;

import dev.freshet.model.ConfigurationException;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration file that cannot be used; it holds every mistake that was found, in the order of the file. */
public final class InvalidConfigurationException extends ConfigurationException {
    private static final long serialVersionUID = 1L;

    private final transient List<Mistake> mistakes;

    /**
     * Creates the exception.
     *
     * @param file what was read, for the message
     * @param mistakes at least one
     */
    public InvalidConfigurationException(String file, List<Mistake> mistakes) {
        super(mistakes.stream()
                .map(m -> "  " + m)
                .collect(Collectors.joining(
                        "\n",
                        file + " has " + mistakes.size() + (mistakes.size() == 1 ? " mistake:\n" : " mistakes:\n"),
                        "")));
        this.mistakes = List.copyOf(mistakes);
    }

    /** Returns the mistakes. */
    public List<Mistake> mistakes() {
        return mistakes;
    }
}
