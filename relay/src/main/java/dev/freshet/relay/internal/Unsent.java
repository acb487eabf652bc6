package dev.freshet.relay.internal;

import dev.freshet.letters.LetterHead;
import dev.freshet.letters.LetterKey;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The letters that could not be sent, each of which holds up those of its key behind it. Belongs to one thread. */
final class Unsent {
    private static final int MOST_TOLD = 10;

    private final List<ConfigurationException> told = new ArrayList<>();
    private final Set<LetterKey> keys = new HashSet<>();
    private int failed;
    private int behind;

    /** Returns whether a letter must wait behind one that could not be sent, and counts it then. */
    boolean isBehind(LetterHead letter) {
        boolean waits = letter.orderKey().filter(keys::contains).isPresent();
        behind += waits ? 1 : 0;
        return waits;
    }

    /** Adds a letter that could not be sent. */
    void add(LetterHead letter, ConfigurationException why) {
        failed++;
        letter.orderKey().ifPresent(keys::add);
        if (told.size() < MOST_TOLD) {
            told.add(why);
        }
    }

    /**
     * Tells of them, if there are any.
     *
     * @param sent how many others were sent
     * @throws ConfigurationException if none was
     * @throws FreshetException if some were
     */
    void tell(int sent) {
        if (failed == 0) {
            return;
        }
        StringBuilder text = new StringBuilder(sent == 0 ? "Nothing was sent." : sent + " were sent, but not all.");
        told.forEach(why -> text.append('\n').append(why.getMessage()));
        if (failed > told.size()) {
            text.append("\nSo it is with ").append(failed - told.size()).append(" more.");
        }
        if (behind > 0) {
            text.append("\nBehind them wait ").append(behind).append(" of their keys.");
        }
        if (sent == 0) {
            throw new ConfigurationException(text.toString(), told.get(0));
        }
        throw new FreshetException(text.toString(), told.get(0));
    }
}
