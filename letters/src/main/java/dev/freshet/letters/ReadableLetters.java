package dev.freshet.letters;

import java.util.Collection;
import java.util.function.Consumer;

/** A topic of dead letters, to be read. Belongs to one thread. */
public interface ReadableLetters extends AutoCloseable {
    /**
     * Reads the topic to the end that it has now, once more from where it was read to before.
     *
     * @throws dev.freshet.model.ConfigurationException if there is no such topic, it may not be read, or more letters wait than
     *     can be held
     * @throws dev.freshet.model.RetriableException if the brokers do not answer
     */
    WaitingLetters waiting();

    /**
     * Reads letters in the given order.
     *
     * @param heads what {@link #waiting()} told of them
     * @param each takes them
     * @throws dev.freshet.model.RetriableException if one is gone meanwhile, or the brokers do not answer
     */
    void read(Collection<LetterHead> heads, Consumer<Letter> each);

    /** Closes the connection. */
    @Override
    void close();
}
