package dev.freshet.simulation;

import dev.freshet.replica.Consistency;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A list of decisions, over copies that are one or the other way consistent, and a source that publishes events or does not.
 *
 * <p>Of the faults each seed has some only, and some of them often: what is rare in all schedules would hardly ever meet
 * something else that is rare (Groce et al., "Swarm Testing", 2012).
 */
record Schedule(Consistency copies, Publishing events, List<Decision> decisions) {
    private static final String WHOLE = Consistency.PER_TRANSACTION.text();
    private static final int LEAST = 40;
    private static final int MOST = 240;
    private static final int OFTEN = 6;
    private static final int SIXTHS = 6;
    private static final int QUARTERS = 4;

    Schedule {
        decisions = List.copyOf(decisions);
    }

    /** Returns the schedule of a seed; always the same. */
    static Schedule of(long seed) {
        Random random = new Random(seed);
        Map<Decision.Kind, Integer> weights = new EnumMap<>(Decision.Kind.class);
        int sum = 0;
        Publishing events = publishing(seed);
        for (Decision.Kind kind : Decision.Kind.values()) {
            if (!events.allows(kind)) {
                continue;
            }
            int times = !kind.isFault() ? 1 : random.nextInt(3) == 0 ? 0 : random.nextInt(4) == 0 ? OFTEN : 1;
            weights.put(kind, kind.weight() * times);
            sum += kind.weight() * times;
        }
        List<Decision> decisions = new ArrayList<>();
        if (random.nextInt(4) > 0) {
            for (int n = random.nextInt(8); n > 0; n--) {
                decisions.add(new Decision(
                        events.isPolled() ? Decision.Kind.PUBLISH : Decision.Kind.WRITE, random.nextInt(1 << 20)));
            }
            decisions.add(new Decision(Decision.Kind.CALM, random.nextInt(1 << 20)));
        }
        for (int n = LEAST + random.nextInt(MOST - LEAST); n > 0; n--) {
            int at = random.nextInt(sum);
            for (Map.Entry<Decision.Kind, Integer> e : weights.entrySet()) {
                at -= e.getValue();
                if (at < 0) {
                    decisions.add(new Decision(e.getKey(), random.nextInt(1 << 20)));
                    break;
                }
            }
        }
        return new Schedule(
                random.nextBoolean() ? Consistency.PER_TRANSACTION : Consistency.PER_KEY, events, decisions);
    }

    /**
     * A third of the seeds has events in a log, a sixth a database that is polled. Both are drawn apart, so that the others give
     * what they gave before there were any.
     */
    private static Publishing publishing(long seed) {
        Random random = new Random(~seed);
        return switch (random.nextInt(SIXTHS)) {
            case 0 -> Publishing.FIRST;
            case 1 -> Publishing.LATER;
            default ->
                switch (random.nextInt(QUARTERS * 2)) {
                    case 0 -> Publishing.POLLED;
                    case 1 -> Publishing.POLLED_INNODB;
                    default -> Publishing.NONE;
                };
        };
    }

    /** Returns other decisions over the same copies and the same source. */
    Schedule with(List<Decision> others) {
        return new Schedule(copies, events, others);
    }

    /** Reads what {@link #toString} wrote. */
    static Schedule parse(String text) {
        List<String> words = new ArrayList<>(Arrays.asList(text.trim().split("\\s+")));
        boolean whole = words.remove(WHOLE);
        Publishing events = Arrays.stream(Publishing.values())
                .filter(p -> words.remove(p.text()))
                .findFirst()
                .orElse(Publishing.NONE);
        return new Schedule(
                whole ? Consistency.PER_TRANSACTION : Consistency.PER_KEY,
                events,
                words.stream().map(Decision::parse).toList());
    }

    @Override
    public String toString() {
        return Stream.concat(
                        Stream.of(copies == Consistency.PER_TRANSACTION ? WHOLE : "", events.text()),
                        decisions.stream().map(Decision::toString))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(" "));
    }
}
