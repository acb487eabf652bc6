package dev.freshet.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.faults.FaultReport.Events;
import dev.freshet.faults.FaultReport.Faults;
import dev.freshet.faults.FaultReport.WholeReads;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FaultReportTest {
    private static final int SECONDS = 80;

    private static FaultReport with(WholeReads whole) {
        return with(new Faults(5, 4, 3, 2, 1), 900, 9_000, 60, whole);
    }

    private static FaultReport with(Faults faults, long transactions, long applied, long claims, WholeReads whole) {
        return with(faults, transactions, applied, claims, whole, new Events(500, 0, 0, 0));
    }

    private static FaultReport with(
            Faults faults, long transactions, long applied, long claims, WholeReads whole, Events events) {
        return new FaultReport(
                7, faults, SECONDS, transactions, applied, claims, 1_500, whole, events, 0, 0, 0, 0, 0, List.of());
    }

    @Test
    void runWithoutAFinding_isGood_andCountsEachKindOfFault() {
        FaultReport report = with(new WholeReads(80, 0, 10));
        assertTrue(report.good());
        assertEquals(
                "15 faults in 80 s: 5 kill -9, 4 frozen and let go on; of the network 3 stalled, 2 cut, 1 half open. Seed 7.",
                report.lines().get(0));
        assertTrue(report.json().contains("\"network\":6,\"stalls\":3,\"cuts\":2,\"halfOpen\":1,"), report.json());
        assertEquals(5, report.lines().size());
    }

    @Test
    void eventThatIsLostDoubledOrOutOfOrder_isNotGood() {
        Faults some = new Faults(1, 0, 0, 0, 0);
        for (Events wrong : List.of(new Events(500, 1, 0, 0), new Events(500, 0, 1, 0), new Events(500, 0, 0, 1))) {
            FaultReport report = with(some, 1, 1, 1, new WholeReads(80, 0, 10), wrong);
            assertFalse(report.good(), wrong.toString());
        }
        assertFalse(with(some, 1, 1, 1, new WholeReads(80, 0, 10), new Events(0, 0, 0, 0))
                .good());
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
        Faults some = new Faults(1, 0, 0, 0, 0);
        Map.of(
                        "no fault happened", with(new Faults(0, 0, 0, 0, 0), 1, 1, 1, enough),
                        "the load committed nothing", with(some, 0, 1, 1, enough),
                        "the copies took no change", with(some, 1, 0, 1, enough),
                        "no copy claimed to be complete", with(some, 1, 1, 0, enough))
                .forEach((missing, report) -> {
                    assertFalse(report.good());
                    assertEquals(
                            "  that is too little to say anything: " + missing,
                            report.lines().get(5));
                });
    }

    @Test
    void tooFewReads_orCopiesThatHardlyMoved_sayNothing() {
        for (WholeReads few : List.of(new WholeReads(79, 0, 10), new WholeReads(80, 0, 9))) {
            FaultReport report = with(few);
            assertFalse(report.good());
            assertEquals(
                    "  that is too little to say anything: at least 80 reads and 10 states are needed in 80 s",
                    report.lines().get(5));
        }
    }
}
