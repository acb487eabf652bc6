package dev.freshet.capture.postgres.snapshot;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the next window begins, as it stands in the ledger.
 *
 * @param leaf the oid of the table or partition that is being read
 * @param file its file ({@code relfilenode}); after a rewrite it is another, and {@code next} means nothing
 * @param next the first place that was not read
 * @param end the page before which the leaf's reading ends, fixed when the leaf was begun
 */
record ResumePoint(long leaf, long file, Tid next, long end) {
    private static final Pattern TEXT =
            Pattern.compile("leaf=(\\d{1,10}) file=(\\d{1,10}) next=\\((\\d{1,10}),(\\d{1,5})\\) end=(\\d{1,10})");

    /** Returns the text, such as {@code leaf=16400 file=16412 next=(128,0) end=5000}. */
    String text() {
        return "leaf=" + leaf + " file=" + file + " next=(" + next.page() + ',' + next.offset() + ") end=" + end;
    }

    /** Reads the text; empty if it is not one. */
    static Optional<ResumePoint> parse(String text) {
        Matcher m = TEXT.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        return Optional.of(new ResumePoint(
                Long.parseLong(m.group(1)),
                Long.parseLong(m.group(2)),
                new Tid(Long.parseLong(m.group(3)), Integer.parseInt(m.group(4))),
                Long.parseLong(m.group(5))));
    }
}
