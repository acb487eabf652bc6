package dev.freshet.server.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** "Did you mean": the nearest of what is allowed, by edits of a letter (insert, drop, replace, swap of neighbours). */
public final class Suggestion {
    private Suggestion() {}

    /** Returns the nearest candidate, if it is near enough to be what was meant. */
    static Optional<String> nearest(String written, Collection<String> candidates) {
        String best = null;
        int bestDistance = Math.max(1, Math.min(3, (written.length() + 1) / 3)) + 1;
        for (String candidate : candidates) {
            int d = distance(written.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (d < bestDistance) {
                best = candidate;
                bestDistance = d;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Returns {@code ; did you mean 'x'?}, or an empty text. */
    public static String of(String written, Collection<String> candidates) {
        return nearest(written, candidates)
                .map(c -> "; did you mean '" + c + "'?")
                .orElse("");
    }

    // optimal string alignment: each letter takes part in one edit
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            d[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            d[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + cost);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
