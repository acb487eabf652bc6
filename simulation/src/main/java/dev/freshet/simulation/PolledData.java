package dev.freshet.simulation;

import dev.freshet.capture.polling.NumberedRun;
import dev.freshet.model.event.PublishedEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a polled database has on its disk, of which a backup is a copy; and what was ever done to it, for the oracle. */
final class PolledData {
    /** A row of the outbox table. */
    record Row(long seq, long xid, PublishedEvent event) {
        UUID id() {
            return event.id();
        }
    }

    /** A row whose transaction has committed, and when that could be seen. */
    record Shown(Row row, Instant at) {}

    /** A row of the table of numbers. */
    record Numbers(NumberedRun run, long high, long settled) {}

    final TreeMap<Long, Row> table = new TreeMap<>();
    final TreeMap<Long, Numbers> numbers = new TreeMap<>();
    long lastSeq;
    long nextXid = 100;

    @Nullable
    String identity;

    @Nullable
    String slot;

    long begins = 1;
    long confirmed;
    long settled;

    /** All rows that were ever committed, in the order in which they could be seen. */
    final List<Shown> commits = new ArrayList<>();
    /** The number that a row was given last. */
    final Map<UUID, Long> numberOf = new HashMap<>();
    /** Which row was given a number. */
    final Map<Long, UUID> used = new HashMap<>();
    /** How often something was committed or numbered. */
    int changes;

    PolledData copy() {
        PolledData copy = new PolledData();
        copy.table.putAll(table);
        copy.numbers.putAll(numbers);
        copy.lastSeq = lastSeq;
        copy.nextXid = nextXid;
        copy.identity = identity;
        copy.slot = slot;
        copy.begins = begins;
        copy.confirmed = confirmed;
        copy.settled = settled;
        copy.commits.addAll(commits);
        copy.numberOf.putAll(numberOf);
        copy.used.putAll(used);
        return copy;
    }

    void commit(List<Row> rows, Instant now) {
        for (Row row : rows) {
            table.put(row.seq(), row);
            commits.add(new Shown(row, now));
        }
        changes++;
    }

    /** Returns the next number. */
    long next() {
        return numbers.isEmpty() ? begins : numbers.lastEntry().getValue().run().end();
    }

    /** Returns whether a number is in the table of numbers. */
    boolean isKept(long number) {
        Map.Entry<Long, Numbers> at = numbers.floorEntry(number);
        return at != null && at.getValue().run().end() > number;
    }

    /** Gives a row of the table a number. */
    void number(long seq, long number) {
        Row row = table.get(seq);
        if (row == null) {
            throw new Violation("N2: the row " + seq + " gets the number " + number + ", and is not in the table");
        }
        UUID before = used.put(number, row.id());
        if (before != null) {
            throw new Violation("N1: the number " + number + " is given to " + row + ", and was given to " + before);
        }
        Long first = numberOf.put(row.id(), number);
        if (first != null && first >= begins) {
            throw new Violation("N2: " + row + " gets the number " + number + ", and has " + first);
        }
        changes++;
    }

    /** Takes back what was numbered from a number on. */
    void forgetFrom(long number) {
        numbers.tailMap(number, true).clear();
        used.keySet().removeIf(n -> n >= number);
        numberOf.values().removeIf(n -> n >= number);
        changes++;
    }
}
