package dev.freshet.capture.postgres.snapshot;

import dev.freshet.capture.postgres.table.Leaf;

/**
 * A range of places of one leaf, read by one COPY.
 *
 * @param leaf the leaf
 * @param from the first place
 * @param to the page before which the chunk ends
 * @param end the page before which the leaf's reading ends
 */
record Chunk(Leaf leaf, Tid from, long to, long end) {
    long pages() {
        return to - from.page();
    }

    /** Returns the point at which a later window goes on in the same leaf. */
    ResumePoint resumeAt(Tid place) {
        return new ResumePoint(leaf.oid(), leaf.fileNode(), place, end);
    }
}
