package dev.freshet.letters;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The letters of a topic that nobody has dealt with, in the order in which they came. Immutable. */
public final class WaitingLetters {
    private final List<LetterHead> heads;

    WaitingLetters(Collection<LetterHead> unresolved) {
        heads = unresolved.stream()
                .sorted(Comparator.comparing(LetterHead::origin).thenComparing(LetterHead::place))
                .toList();
    }

    /** Returns all of them. */
    public List<LetterHead> all() {
        return heads;
    }

    /** Returns the keys that have letters. */
    public Set<LetterKey> keys() {
        Set<LetterKey> keys = new HashSet<>();
        heads.forEach(head -> head.orderKey().ifPresent(keys::add));
        return keys;
    }

    /** Returns how many letters each key has. */
    public Map<LetterKey, Integer> countByKey() {
        Map<LetterKey, Integer> counts = new HashMap<>();
        heads.forEach(head -> head.orderKey().ifPresent(key -> counts.merge(key, 1, Integer::sum)));
        return counts;
    }

    /** Returns those that a filter means. */
    public Selection select(LetterFilter filter) {
        List<LetterHead> selected = new ArrayList<>();
        List<LetterHead> left = new ArrayList<>();
        heads.forEach(head -> (filter.matches(head) ? selected : left).add(head));
        return new Selection(selected, new WaitingLetters(left));
    }

    /**
     * Letters that are meant, and the others.
     *
     * @param selected those that are meant, in order
     * @param left the others
     */
    public record Selection(List<LetterHead> selected, WaitingLetters left) {
        /** Copies the list. */
        public Selection {
            selected = List.copyOf(selected);
        }

        /** Returns those of the others that came before one that is meant and has the same key. */
        public List<LetterHead> overtaken() {
            Map<LetterKey, LetterPlace> last = new HashMap<>();
            selected.forEach(head -> head.orderKey().ifPresent(key -> last.put(key, head.origin())));
            return left.heads.stream()
                    .filter(head -> head.orderKey()
                            .map(last::get)
                            .filter(place -> head.origin().compareTo(place) < 0)
                            .isPresent())
                    .toList();
        }
    }
}
