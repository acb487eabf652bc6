package dev.freshet.direct;

import dev.freshet.letters.LetterPlace;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The keys that have a dead letter which nobody has dealt with, and how many more may go behind it. Safe to share between threads. */
final class ParkedKeys {
    private final int limit;
    private final Map<LaneKey, Parked> keys = new HashMap<>();

    /** A key's letters, and the events that were admitted and are none yet. */
    private static final class Parked {
        private final Set<LetterPlace> letters = new HashSet<>();
        private int coming;
    }

    ParkedKeys(int limit) {
        this.limit = limit;
    }

    synchronized boolean isParked(LaneKey key) {
        return keys.containsKey(key);
    }

    /** What a new event of a key has to expect. */
    enum Admission {
        /** The key is not parked. */
        FREE,
        /** It has a place behind the key's letter. */
        BEHIND,
        /** As many as are allowed stand behind it. */
        FULL
    }

    /** Takes one of a parked key's places. */
    synchronized Admission admit(LaneKey key) {
        Parked parked = keys.get(key);
        if (parked == null) {
            return Admission.FREE;
        }
        // the first letter is behind none
        if (parked.letters.size() + parked.coming > limit) {
            return Admission.FULL;
        }
        parked.coming++;
        return Admission.BEHIND;
    }

    /** Gives a place back: its event has become a letter, or gone elsewhere. */
    synchronized void leave(LaneKey key) {
        Parked parked = keys.get(key);
        if (parked != null && parked.coming > 0) {
            parked.coming--;
        }
    }

    /** Notes a letter that was written. */
    synchronized void add(LaneKey key, LetterPlace place) {
        keys.computeIfAbsent(key, k -> new Parked()).letters.add(place);
    }

    /** Returns the places of all letters that it knows. */
    synchronized Set<LetterPlace> places() {
        Set<LetterPlace> all = new HashSet<>();
        keys.values().forEach(parked -> all.addAll(parked.letters));
        return all;
    }

    /**
     * Takes over what the dead-letter topic says.
     *
     * @param before what was known when its reading began: of that, what does not wait any more is dealt with
     * @param waiting the letters that wait
     */
    synchronized void update(Set<LetterPlace> before, Map<LetterPlace, LaneKey> waiting) {
        waiting.forEach((place, key) -> add(key, place));
        keys.values().removeIf(parked -> {
            parked.letters.removeIf(place -> before.contains(place) && !waiting.containsKey(place));
            return parked.letters.isEmpty();
        });
    }

    synchronized int size() {
        return keys.size();
    }
}
