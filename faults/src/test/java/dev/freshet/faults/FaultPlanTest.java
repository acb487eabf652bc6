package dev.freshet.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.faults.Fault.Kind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
    private static final List<String> PROCESSES = List.of("relay-1", "service", FaultWorld.KAFKA);
    private static final List<String> LINKS = List.of("relay-1/kafka", "service/kafka", "service/source");
    private static final long SEED = 7;
    private static final long AWAY_MILLIS = 150_000;

    private static List<Fault> plan(long awayMillis, int count) {
        FaultPlan plan = new FaultPlan(SEED, PROCESSES, LINKS, awayMillis);
        return Stream.generate(plan::next).limit(count).toList();
    }

    @Test
    void round_killsAndFreezesEachProcessOnce() {
        List<String> hit = plan(0, 9).stream()
                .filter(f -> f.kind().ofProcess())
                .map(f -> f.kind() + " " + f.victim())
                .sorted()
                .toList();
        assertEquals(
                List.of(
                        "freeze kafka",
                        "freeze relay-1",
                        "freeze service",
                        "kill kafka",
                        "kill relay-1",
                        "kill service"),
                hit);
    }

    @Test
    void kafkaThatIsAwayForLong_isSoOnce_andHasNoOtherFaultMeanwhile_andTheOthersAreTheSame() {
        List<Fault> faults = plan(AWAY_MILLIS, 200);
        List<Fault> away =
                faults.stream().filter(f -> f.millis() == AWAY_MILLIS).toList();
        assertEquals(1, away.size());
        long begin = away.get(0).atMillis();
        assertEquals(Kind.KILL, away.get(0).kind());
        assertEquals(FaultWorld.KAFKA, away.get(0).victim());
        assertTrue(begin >= 10_000);
        List<Fault> without = plan(0, 200).stream()
                .filter(f -> !f.victim().equals(FaultWorld.KAFKA)
                        || f.atMillis() <= begin
                        || f.atMillis() >= begin + AWAY_MILLIS)
                .toList();
        List<Fault> others = faults.stream().filter(f -> !away.contains(f)).toList();
        int both = Math.min(without.size(), others.size());
        assertTrue(both > 150);
        assertEquals(without.subList(0, both), others.subList(0, both));
    }
}
