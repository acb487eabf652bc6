package dev.freshet.letters;

import java.util.function.IntConsumer;

/**
 * A topic of dead letters, and what can be done with them. Belongs to one thread.
 *
 * <p>Methods throw {@link dev.freshet.model.ConfigurationException} when what was asked for cannot be done, and {@link
 * dev.freshet.model.RetriableException} when Kafka is away; what {@code progress} was told is done then.
 */
public interface Letters {
    /**
     * Sends letters where they belong, in the order of their keys, each once.
     *
     * @param progress is told how many are sent, after each batch
     * @return how many were sent
     * @throws dev.freshet.model.ConfigurationException if one would overtake another of its key, or none could be sent
     * @throws dev.freshet.model.FreshetException if some could not be sent, and those behind them, and the others were
     */
    int redrive(LetterFilter filter, IntConsumer progress);

    /**
     * Gives letters up.
     *
     * @param progress is told how many are given up, after each batch
     * @return how many were
     */
    int discard(LetterFilter filter, IntConsumer progress);

    /**
     * Puts a changed letter in the place of another.
     *
     * @param placeOrId which one
     * @throws dev.freshet.model.ConfigurationException if there is none, or there are several of that id
     */
    void replace(String placeOrId, LetterChange change);
}
