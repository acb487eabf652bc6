package dev.freshet.capture.postgres.snapshot;

import dev.freshet.capture.postgres.table.Leaf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a window's pages into chunks, over the ends of leaves, and says where the next window begins.
 *
 * @param chunks what to read, in order
 * @param following where the next window begins
 * @param last whether no leaf is left after these chunks
 */
record ChunkPlan(List<Chunk> chunks, String following, boolean last) {
    /** How many leaves a window may span, so that planning one stays short. */
    static final int MOST_LEAVES = 16;

    private static final String DONE = "done";

    /**
     * Plans a window.
     *
     * @param leaves those that are not read yet, in the order of their oids; the first one may be read in part
     * @param resume where to go on in the first one, or null at its begin
     * @param pagesOf how many pages a leaf has
     * @param budget how many pages the window takes
     * @param chunkPages how many pages a chunk takes
     */
    static ChunkPlan of(
            List<Leaf> leaves,
            @Nullable ResumePoint resume,
            ToLongFunction<Leaf> pagesOf,
            long budget,
            long chunkPages) {
        List<Chunk> chunks = new ArrayList<>();
        long left = budget;
        for (int i = 0; i < leaves.size(); i++) {
            Leaf leaf = leaves.get(i);
            ResumePoint at = i == 0 && resume != null
                    ? resume
                    : new ResumePoint(leaf.oid(), leaf.fileNode(), Tid.beginOf(0), pagesOf.applyAsLong(leaf));
            if (left <= 0 || i == MOST_LEAVES) {
                return new ChunkPlan(chunks, at.text(), false);
            }
            long to = Math.min(at.end(), at.next().page() + left);
            Tid from = at.next();
            while (from.page() < to) {
                Tid next = Tid.beginOf(Math.min(to, from.page() + chunkPages));
                chunks.add(new Chunk(leaf, from, next.page(), at.end()));
                left -= next.page() - from.page();
                from = next;
            }
            if (to < at.end()) {
                return new ChunkPlan(
                        chunks, new ResumePoint(leaf.oid(), leaf.fileNode(), from, at.end()).text(), false);
            }
        }
        return new ChunkPlan(chunks, DONE, true);
    }
}
