package dev.freshet.stream;

import dev.freshet.model.Position;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.OffsetVector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A bounded list of boundaries in their order. When it is full every second one goes (the newest stays): what is found
 * gets coarser with its age, and never claims more.
 */
final class Boundaries {
    /**
     * A boundary and what it speaks for.
     *
     * @param boundary the boundary
     * @param running the topics of the streams that its entry names as running, or null if it names none (a history
     *     record), so that only the stream's present entry tells
     */
    record Mark(Boundary boundary, @Nullable Set<String> running) {
        boolean names(String topic) {
            return running == null || running.contains(topic);
        }

        private Mark without(String topic) {
            if (!boundary.offsets().containsKey(topic) && (running == null || !running.contains(topic))) {
                return this;
            }
            return new Mark(Boundaries.without(boundary, topic), running == null ? null : minus(running, topic));
        }

        private static Set<String> minus(Set<String> topics, String topic) {
            Set<String> others = new HashSet<>(topics);
            others.remove(topic);
            return Set.copyOf(others);
        }
    }

    private final int limit;
    private final List<Mark> marks = new ArrayList<>();

    Boundaries(int limit) {
        if (limit < 2) {
            throw new IllegalArgumentException("The limit of boundaries must be 2 or more, but is " + limit);
        }
        this.limit = limit;
    }

    /** Has no boundary speak for the topic any more; what they say of the others stays. */
    void forget(String topic) {
        marks.replaceAll(mark -> mark.without(topic));
    }

    /** Returns the boundary without what it says of the topic. */
    static Boundary without(Boundary boundary, String topic) {
        Map<String, OffsetVector> offsets = new HashMap<>(boundary.offsets());
        offsets.remove(topic);
        return new Boundary(boundary.position(), boundary.completeTo(), offsets);
    }

    /** Adds the newest; it takes the place of the one before if it covers the same offsets for the same streams. */
    void add(Mark mark) {
        if (!marks.isEmpty()) {
            Mark before = marks.get(marks.size() - 1);
            if (mark.boundary().position().compareTo(before.boundary().position()) < 0) {
                // another history of the source: nothing of the old one may be found between the new ones
                marks.clear();
            } else if (mark.boundary().offsets().equals(before.boundary().offsets())
                    && Objects.equals(mark.running(), before.running())) {
                marks.set(marks.size() - 1, mark);
                return;
            }
        }
        marks.add(mark);
        if (marks.size() > limit) {
            thin();
        }
    }

    private void thin() {
        List<Mark> kept = new ArrayList<>(marks.size() / 2 + 1);
        for (int i = (marks.size() - 1) % 2; i < marks.size(); i += 2) {
            kept.add(marks.get(i));
        }
        marks.clear();
        marks.addAll(kept);
    }

    /**
     * Returns the newest one from a position on that the positions have passed for these topics and that counts.
     *
     * @param from since when the topics are the ones that they are: only from there on their offsets do not fall
     * @param counts whether a boundary speaks for all of the topics, so has offsets for them
     */
    Optional<Boundary> passed(
            Map<String, OffsetVector> positions, Set<String> topics, Position from, Predicate<Mark> counts) {
        int low = firstAtOrAbove(from);
        int high = marks.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (passed(marks.get(middle).boundary(), positions, topics)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return newestBefore(low, m -> passed(m.boundary(), positions, topics) && counts.test(m));
    }

    /** Returns the oldest one from a position on that the positions have not passed and that counts. */
    Optional<Boundary> notPassed(
            Map<String, OffsetVector> positions, Set<String> topics, Position from, Predicate<Mark> counts) {
        for (int i = firstAtOrAbove(from); i < marks.size(); i++) {
            Mark mark = marks.get(i);
            if (!passed(mark.boundary(), positions, topics) && counts.test(mark)) {
                return Optional.of(mark.boundary());
            }
        }
        return Optional.empty();
    }

    private int firstAtOrAbove(Position from) {
        int low = 0;
        int high = marks.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (marks.get(middle).boundary().position().compareTo(from) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Returns the newest one at or below the position that counts. */
    Optional<Boundary> atOrBelow(Position position, Predicate<Mark> counts) {
        return newestBefore(marks.size(), m -> m.boundary().position().compareTo(position) <= 0 && counts.test(m));
    }

    private Optional<Boundary> newestBefore(int end, Predicate<Mark> wanted) {
        for (int i = end - 1; i >= 0; i--) {
            if (wanted.test(marks.get(i))) {
                return Optional.of(marks.get(i).boundary());
            }
        }
        return Optional.empty();
    }

    /** Topics that a boundary lacks are passed, so that the answer is monotone along the list; {@code counts} refuses them. */
    private static boolean passed(Boundary boundary, Map<String, OffsetVector> positions, Set<String> topics) {
        for (String topic : topics) {
            OffsetVector needed = boundary.offsets().get(topic);
            if (needed != null && !OffsetVectors.covers(positions.get(topic), needed)) {
                return false;
            }
        }
        return true;
    }
}
