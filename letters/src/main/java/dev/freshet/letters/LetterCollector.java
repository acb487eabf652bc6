package dev.freshet.letters;

import dev.freshet.model.ConfigurationException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds out which letters of a topic wait. Partitions are read in any order: a letter may come behind what resolves it. */
public final class LetterCollector {
    /** How many letters may wait in a topic for it to be read. */
    public static final int MOST_WAITING = 1_000_000;

    private final String topic;
    private final Map<LetterPlace, LetterHead> waiting = new HashMap<>();
    private final Set<LetterPlace> resolved = new HashSet<>();

    /**
     * Creates it.
     *
     * @param topic names the topic in messages
     */
    public LetterCollector(String topic) {
        this.topic = topic;
    }

    /**
     * Takes a record of the topic.
     *
     * @throws ConfigurationException if more letters wait than can be held
     */
    public void take(Letter record) {
        Optional<LetterPlace> resolves = record.resolves();
        if (resolves.isPresent()) {
            if (waiting.remove(resolves.get()) == null) {
                resolved.add(resolves.get());
            }
            return;
        }
        LetterHead head = record.head();
        if (!resolved.remove(head.place())) {
            waiting.put(head.place(), head);
        }
        if (waiting.size() > MOST_WAITING) {
            throw new ConfigurationException(
                    "More than " + MOST_WAITING + " letters wait in topic '" + topic
                            + "': mend what is at fault, and shorten the topic (kafka-delete-records.sh), which loses the oldest");
        }
    }

    /** Forgets what stands below an offset of a partition, which the topic does not have any more. */
    public void forgetBelow(int partition, long offset) {
        waiting.keySet().removeIf(place -> place.partition() == partition && place.offset() < offset);
        resolved.removeIf(place -> place.partition() == partition && place.offset() < offset);
    }

    /** Returns the letters that wait by what was taken so far. */
    public WaitingLetters waiting() {
        return new WaitingLetters(waiting.values());
    }
}
