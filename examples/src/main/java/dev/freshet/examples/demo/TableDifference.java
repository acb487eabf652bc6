package dev.freshet.examples.demo;

/**
 * What a comparison found.
 *
 * @param stream the stream
 * @param sourceRows rows in the source
 * @param copyRows rows in the copy
 * @param missing rows that the copy lacks
 * @param extra rows that only the copy has
 * @param different rows of the same key with other content
 * @param examples a few keys that differ, for finding out why
 */
public record TableDifference(
        String stream,
        long sourceRows,
        long copyRows,
        long missing,
        long extra,
        long different,
        java.util.List<String> examples) {
    /** Copies the list. */
    public TableDifference {
        examples = java.util.List.copyOf(examples);
    }

    /** Returns how many rows differ in any way. */
    public long total() {
        return missing + extra + different;
    }
}
