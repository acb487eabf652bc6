package dev.freshet.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.faults.FaultReport.Faults;
import dev.freshet.faults.FaultReport.WholeReads;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultReportTest {
    private static final int SECONDS = 80;

    private static FaultReport with(WholeReads whole) {
        return with(new Faults(5, 4, 3, 2, 1, 6), 900, 9_000, 60, whole);
    }

    private static FaultReport with(Faults faults, long transactions, long applied, long claims, WholeReads whole) {
        return with(
                faults,
                transactions,
                applied,
                claims,
                whole,
                events(Way.TABLE, new WayEvents(Way.TABLE, 500, 0, 0, 0, 0, 1, 0)));
    }

    private static FaultReport with(
            Faults faults, long transactions, long applied, long claims, WholeReads whole, List<WayEvents> events) {
        return new FaultReport(
                7, faults, SECONDS, transactions, applied, claims, 1_500, whole, events, 0, 0, 0, 0, 0, List.of());
    }

    @Test
    void runWithoutAFinding_isGood_andCountsEachKindOfFault() {
        FaultReport report = with(new WholeReads(80, 0, 10));
        assertTrue(report.good());
        assertEquals(
                "15 faults in 80 s: 5 kill -9, 4 frozen and let go on; of the network 3 stalled, 2 cut, 1 half open;"
                        + " 6 times the service ended between two steps. Seed 7.",
                report.lines().get(0));
        assertTrue(
                report.json().contains("\"network\":6,\"stalls\":3,\"cuts\":2,\"halfOpen\":1,\"betweenSteps\":6,"),
                report.json());
        assertEquals(8, report.lines().size());
    }

    /** As many events of each way as are needed, but for one way what is given. */
    private static List<WayEvents> events(Way way, WayEvents given) {
        return Stream.of(Way.values())
                .map(w -> w == way ? given : new WayEvents(w, SECONDS, 0, 0, 0, 0, 1, 0))
                .toList();
    }

    private static FaultReport with(WayEvents given) {
        return with(new Faults(1, 0, 0, 0, 0, 1), 1, 1, 1, new WholeReads(80, 0, 10), events(given.way(), given));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void eventThatIsLost_outOfOrder_orWasNeverCommitted_isNotGood_byAnyWay(Way way) {
        assertTrue(with(new WayEvents(way, 500, 0, 0, 0, 0, 1, 0)).good());
        assertFalse(with(new WayEvents(way, 500, 1, 0, 0, 0, 1, 0)).good());
        assertFalse(with(new WayEvents(way, 500, 0, 0, 1, 0, 1, 0)).good());
        assertFalse(with(new WayEvents(way, 500, 0, 0, 0, 1, 1, 0)).good());
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void eventThatIsTwice_orDiedWithItsProcess_isGoodByTheDirectWayAlone(Way way) {
        boolean allowed = way == Way.DIRECT;
        assertEquals(allowed, with(new WayEvents(way, 500, 0, 1, 0, 0, 1, 0)).good());
        assertEquals(allowed, with(new WayEvents(way, 500, 0, 0, 0, 0, 1, 1)).good());
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void tooFewEventsOfAWay_sayNothing(Way way) {
        assertFalse(with(new WayEvents(way, 500, 0, 0, 0, 0, 0, 0)).good());
        FaultReport report = with(new WayEvents(way, SECONDS / 2 - 1, 0, 0, 0, 0, 1, 0));
        assertFalse(report.good());
        assertEquals(
                "  that is too little to say anything: at least 40 events by " + way.text()
                        + " are needed, and a dead letter among them",
                report.lines().get(8));
    }

    @Test
    void eventsAreToldByTheirWay() {
        FaultReport report = with(new WayEvents(Way.DIRECT, 5_000, 1, 2, 3, 4, 6, 5));
        assertEquals(
                "Events by outbox table: 80 committed, 0 lost, 0 doubled, 0 out of order, 0 never committed; 1 are dead letters.",
                report.lines().get(4));
        assertEquals(
                "Events by direct: 5,000 committed, 1 lost, 2 doubled (allowed), 3 out of order, 4 never committed; 6"
                        + " are dead letters, 5 lost with"
                        + " the memory of a killed process (allowed).",
                report.lines().get(7));
        assertTrue(
                report.json()
                        .endsWith(",\"direct\":{\"committed\":5000,\"lost\":1,\"doubled\":2,\"disordered\":3,"
                                + "\"uncommitted\":4,\"letters\":6,\"diedWith\":5}}}"),
                report.json());
    }

    @Test
    void tornRead_isNotGood() {
        FaultReport report = with(new WholeReads(800, 1, 100));
        assertFalse(report.good());
        assertEquals(
                "Whole transactions: torn reads 1, in 800 reads of 100 states.",
                report.lines().get(3));
        assertTrue(report.json().contains("\"good\":false") && report.json().contains("\"torn\":1"), report.json());
    }

    @Test
    void runInWhichNothingHappened_saysNothing() {
        WholeReads enough = new WholeReads(80, 0, 10);
        Faults some = new Faults(1, 0, 0, 0, 0, 1);
        Map.of(
                        "no fault happened", with(new Faults(0, 0, 0, 0, 0, 1), 1, 1, 1, enough),
                        "the load committed nothing", with(some, 0, 1, 1, enough),
                        "the copies took no change", with(some, 1, 0, 1, enough),
                        "no copy claimed to be complete", with(some, 1, 1, 0, enough))
                .forEach((missing, report) -> {
                    assertFalse(report.good());
                    assertEquals(
                            "  that is too little to say anything: " + missing,
                            report.lines().get(8));
                });
    }

    @Test
    void tooFewReads_orCopiesThatHardlyMoved_sayNothing() {
        for (WholeReads few : List.of(new WholeReads(79, 0, 10), new WholeReads(80, 0, 9))) {
            FaultReport report = with(few);
            assertFalse(report.good());
            assertEquals(
                    "  that is too little to say anything: at least 80 reads and 10 states are needed in 80 s",
                    report.lines().get(8));
        }
    }
}
