package dev.freshet.capture.postgres;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What stands against capturing tables, in the order in which it was found: sentences that name the way out. */
final class Problems {
    private final List<String> all = new ArrayList<>();
    private final Map<String, String> ofStreams = new LinkedHashMap<>();
    private boolean general;

    /** Adds what concerns the whole source. */
    void add(String sentence) {
        general = true;
        all.add(sentence);
    }

    /** Adds what concerns one stream. */
    void add(String stream, String sentence) {
        all.add(sentence);
        ofStreams.merge(stream, sentence, (before, next) -> before + '\n' + next);
    }

    /** Returns all of them. */
    List<String> all() {
        return all;
    }

    /** Returns whether there is one that concerns the whole source. */
    boolean general() {
        return general;
    }

    /** Returns those of single streams, by stream, one a line. */
    Map<String, String> ofStreams() {
        return ofStreams;
    }
}
