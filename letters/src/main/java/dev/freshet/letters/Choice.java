package dev.freshet.letters;

import dev.freshet.model.ConfigurationException;
import java.util.List;

/** What an operator chooses among the letters that wait. */
public final class Choice {
    private Choice() {}

    /**
     * Returns the letters to send, in the order of their keys.
     *
     * @throws ConfigurationException if they would overtake others of their keys
     */
    public static List<LetterHead> toSend(WaitingLetters waiting, LetterFilter filter) {
        WaitingLetters.Selection selection = waiting.select(filter);
        List<LetterHead> overtaken = selection.overtaken();
        if (!overtaken.isEmpty()) {
            LetterHead first = overtaken.get(0);
            throw new ConfigurationException(
                    "Nothing was sent: letters that wait for longer would be overtaken by later ones of"
                            + " their key, such as " + first.place() + " (key " + first.keyText() + " of stream '"
                            + first.stream()
                            + "'). Redrive all of the key (--stream " + first.stream() + " --key " + first.keyText()
                            + "), or discard what must not be sent");
        }
        return selection.selected();
    }

    /**
     * Returns one letter.
     *
     * @param topic names it in messages
     * @throws ConfigurationException if there is none, or there are several of that id
     */
    public static LetterHead one(WaitingLetters waiting, String placeOrId, String topic) {
        List<LetterHead> found = waiting.select(LetterFilter.of(placeOrId)).selected();
        if (found.isEmpty()) {
            throw new ConfigurationException("No letter '" + placeOrId + "' waits in topic '" + topic
                    + "': `freshet dlq ls` names those that do");
        }
        if (found.size() > 1) {
            throw new ConfigurationException(found.size() + " letters have the id " + placeOrId
                    + ": name one by its place, such as " + found.get(0).place());
        }
        return found.get(0);
    }
}
