package dev.freshet.capture.polling;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The ranges of {@code seq} that a later row was seen above, and whose own rows may still come. Belongs to the log's thread.
 *
 * <p>Implementation note. A seq is drawn by a transaction that the database shows as a writer from before it draws until after its
 * commit can be seen. So all who may have drawn one of a gap are among the writers that are told after the gap was seen; once none
 * of them is left, a look at the gap that begins afterwards sees what there is, for ever.
 */
final class Gaps {
    /**
     * A range.
     *
     * @param to its last seq
     * @param waitsFor whose end it waits for; null while nobody was asked since it was seen
     */
    private record Gap(long to, @Nullable Set<Writer> waitsFor) {
        boolean isOver() {
            return waitsFor != null && waitsFor.isEmpty();
        }
    }

    private final TreeMap<Long, Gap> gaps = new TreeMap<>();

    /** Adds a range that was seen to be empty. */
    void add(long from, long to) {
        gaps.put(from, new Gap(to, null));
    }

    /** Adds what lies between runs of numbered rows, in their order, from a seq on up to another. */
    void addBetween(long from, Iterable<Run> runs, long to) {
        long next = from;
        for (Run run : runs) {
            if (run.first() > next) {
                add(next, run.first() - 1);
            }
            next = Math.max(next, run.last() + 1);
        }
        if (next <= to) {
            add(next, to);
        }
    }

    boolean isEmpty() {
        return gaps.isEmpty();
    }

    int size() {
        return gaps.size();
    }

    /** Returns the ranges in their order. */
    List<Run> runs() {
        List<Run> runs = new ArrayList<>(gaps.size());
        gaps.forEach((from, gap) -> runs.add(Run.of(from, gap.to())));
        return runs;
    }

    /** Takes out what has come. */
    void found(Collection<Run> rows) {
        for (Run row : rows) {
            Map.Entry<Long, Gap> at = gaps.floorEntry(row.first());
            if (at == null || at.getValue().to() < row.last()) {
                throw new IllegalStateException("The rows " + row + " were found where no gap is");
            }
            gaps.remove(at.getKey());
            Gap gap = at.getValue();
            if (at.getKey() < row.first()) {
                gaps.put(at.getKey(), new Gap(row.first() - 1, gap.waitsFor()));
            }
            if (row.last() < gap.to()) {
                gaps.put(row.last() + 1, new Gap(gap.to(), gap.waitsFor()));
            }
        }
    }

    /** Takes note of who writes, asked after every range was seen that is here. */
    void answered(Collection<Writer> writers) {
        Set<Writer> now = Set.copyOf(writers);
        Set<String> ids = now.stream().map(Writer::id).collect(Collectors.toUnmodifiableSet());
        // most gaps wait for the same ones
        Map<Set<Writer>, Set<Writer>> left = new java.util.HashMap<>();
        gaps.replaceAll((from, gap) -> {
            Set<Writer> before = gap.waitsFor();
            return new Gap(gap.to(), before == null ? now : left.computeIfAbsent(before, b -> left(b, now, ids)));
        });
    }

    private static Set<Writer> left(Set<Writer> before, Set<Writer> now, Set<String> ids) {
        Set<Writer> left = new HashSet<>();
        for (Writer writer : before) {
            if (ids.contains(writer.id())) {
                left.add(writer);
            } else {
                now.stream().filter(writer::mayGoOnAs).forEach(left::add);
            }
        }
        return left;
    }

    /** Forgets the ranges whose writers have all ended; to be called when they were looked at after that was known. */
    void bury() {
        gaps.values().removeIf(Gap::isOver);
    }

    /**
     * Returns up to which seq nothing can come any more.
     *
     * @param high up to which seq everything was looked at
     */
    long settled(long high) {
        return gaps.isEmpty() ? high : gaps.firstKey() - 1;
    }

    /** Returns whom the gaps wait for, for messages. */
    Set<String> awaited() {
        return gaps.values().stream()
                .map(Gap::waitsFor)
                .flatMap(w -> w == null ? java.util.stream.Stream.empty() : w.stream())
                .map(Writer::id)
                .collect(Collectors.toCollection(java.util.TreeSet::new));
    }
}
