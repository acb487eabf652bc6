package dev.freshet.capture.postgres;

import dev.freshet.capture.CaptureProblem;
import dev.freshet.capture.CaptureRefusedException;
import dev.freshet.model.ConfigurationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What stands against capturing tables, in the order in which it was found. */
final class Problems {
    private final List<CaptureProblem> all = new ArrayList<>();

    /** Adds what concerns the whole source, as a sentence that names the way out. */
    void add(String sentence) {
        all.add(new CaptureProblem(Optional.empty(), sentence));
    }

    /** Adds what concerns one stream. */
    void add(String stream, String sentence) {
        all.add(new CaptureProblem(Optional.of(stream), sentence));
    }

    /** Returns all of them. */
    List<CaptureProblem> all() {
        return all;
    }

    /**
     * Throws if there is one.
     *
     * @throws CaptureRefusedException if each concerns one stream
     * @throws ConfigurationException if one concerns the whole source
     */
    void refuse() {
        if (all.isEmpty()) {
            return;
        }
        List<String> sentences = all.stream().map(CaptureProblem::sentence).toList();
        Map<String, String> ofStreams = new LinkedHashMap<>();
        for (CaptureProblem problem : all) {
            if (problem.stream().isEmpty()) {
                throw new ConfigurationException(String.join("\n", sentences));
            }
            ofStreams.merge(problem.stream().get(), problem.sentence(), (before, next) -> before + '\n' + next);
        }
        throw new CaptureRefusedException(sentences, ofStreams);
    }
}
