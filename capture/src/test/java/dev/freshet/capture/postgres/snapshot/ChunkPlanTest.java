package dev.freshet.capture.postgres.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.postgres.table.Leaf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChunkPlanTest {
    @Test
    void window_isCutIntoChunksThatJoin() {
        ChunkPlan plan = ChunkPlan.of(List.of(leaf(7)), null, l -> 100, 50, 20);
        assertEquals(List.of("7 (0,0)-20", "7 (20,0)-40", "7 (40,0)-50"), texts(plan));
        assertEquals("leaf=7 file=70 next=(50,0) end=100", plan.following());
        assertFalse(plan.last());
    }

    @Test
    void resume_goesOnInsideThePage() {
        ResumePoint resume =
                ResumePoint.parse("leaf=7 file=70 next=(98,5) end=100").orElseThrow();
        // the table has grown; the end that was fixed stays
        ChunkPlan plan = ChunkPlan.of(List.of(leaf(7)), resume, l -> 500, 50, 20);
        assertEquals(List.of("7 (98,5)-100"), texts(plan));
        assertTrue(plan.last());
    }

    @Test
    void window_runsOverTheEndsOfLeaves() {
        ChunkPlan plan = ChunkPlan.of(List.of(leaf(7), leaf(8), leaf(9)), null, l -> l.oid() == 8 ? 0 : 10, 15, 20);
        assertEquals(List.of("7 (0,0)-10", "9 (0,0)-5"), texts(plan));
        assertEquals("leaf=9 file=90 next=(5,0) end=10", plan.following());
    }

    @Test
    void window_thatEndsWithALeafResumesAtTheNext() {
        ChunkPlan plan = ChunkPlan.of(List.of(leaf(7), leaf(8)), null, l -> 10, 10, 20);
        assertEquals("leaf=8 file=80 next=(0,0) end=10", plan.following());
        assertFalse(plan.last());
    }

    @Test
    void window_spansALimitedNumberOfLeaves() {
        List<Leaf> leaves = new ArrayList<>();
        for (long oid = 100; oid < 140; oid++) {
            leaves.add(leaf(oid));
        }
        ChunkPlan plan = ChunkPlan.of(leaves, null, l -> 1, 1000, 20);
        assertEquals(ChunkPlan.MOST_LEAVES, plan.chunks().size());
        assertEquals("leaf=116 file=1160 next=(0,0) end=1", plan.following());
    }

    @Test
    void emptyTable_isDoneAtOnce() {
        ChunkPlan plan = ChunkPlan.of(List.of(leaf(7)), null, l -> 0, 50, 20);
        assertEquals(List.of(), plan.chunks());
        assertTrue(plan.last());
    }

    @Test
    void unreadableResume_isNone() {
        assertEquals(Optional.empty(), ResumePoint.parse("leaf=7 file=70 next=(1,1)"));
        ResumePoint point = new ResumePoint(4_294_967_295L, 1, new Tid(2, 3), 4);
        assertEquals(Optional.of(point), ResumePoint.parse(point.text()));
    }

    private static List<String> texts(ChunkPlan plan) {
        return plan.chunks().stream()
                .map(c ->
                        c.leaf().oid() + " (" + c.from().page() + "," + c.from().offset() + ")-" + c.to())
                .toList();
    }

    private static Leaf leaf(long oid) {
        return new Leaf(oid, "public", "t" + oid, 'r', 'p', "heap", oid * 10, 'd', List.of("id"));
    }
}
