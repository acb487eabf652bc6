package dev.freshet.server.run;

import dev.freshet.server.ServerStatus.ReplicaStatus;
import dev.freshet.server.ServerStatus.SourceStatus;
import dev.freshet.server.ServerStatus.StreamStatus;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.StreamConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of that which is configured does not work, or not yet; each fact is told once, where it belongs. The server is ready while
 * there is nothing of it.
 *
 * <p>A source is to run or to stand by, and each stream of one that is led here to be running. A replica is to be complete, and to
 * have caught up: a copy that is complete as of before its server was stopped is not enough while what has come since waits in
 * Kafka. So it counts only once it has had, since it was started here, all that its topics held at that time. From then on a lag
 * is told by its freshness alone. Whether it has caught up is found from Kafka and the copy's own database, without its source.
 */
final class Problems {
    private static final Set<String> GOOD = Set.of("running", "standby");

    private Problems() {}

    static List<String> of(
            Configuration config,
            List<SourceStatus> sources,
            List<StreamStatus> streams,
            List<ReplicaStatus> replicas) {
        List<String> problems = new ArrayList<>();
        Set<String> running = new HashSet<>();
        Map<String, String> told = new LinkedHashMap<>();
        for (SourceStatus s : sources) {
            if (!GOOD.contains(s.state())) {
                problems.add("Source '" + s.name() + "' is " + s.state() + because(s.reason()));
                if (s.reason() != null) {
                    told.put(ofTheLedger(s.reason()), "see source '" + s.name() + "'");
                }
            } else if (s.state().equals("running")) {
                running.add(s.name());
            }
        }
        for (StreamStatus s : streams) {
            StreamConfig stream = config.streams().get(s.name());
            StreamConfig.Capture capture = stream == null ? null : stream.capture();
            // of a source that does not run here its own line speaks
            if (capture != null
                    && running.contains(capture.source())
                    && !s.state().equals("running")) {
                String problem = "Stream '" + s.name() + "' is " + s.state()
                        + (s.reason() == null ? "" : " since " + s.since() + ": " + s.reason());
                problems.add(problem);
                told.put(problem, "stream '" + s.name() + "' is " + s.state());
            }
        }
        for (ReplicaStatus r : replicas) {
            if (!r.complete()) {
                problems.add("Replica '" + r.name() + "' is " + r.state() + " and not complete"
                        + because(shortened(r.reason(), told)));
            } else if (!r.caughtUp()) {
                problems.add(
                        "Replica '" + r.name() + "' has not yet caught up with what its topics held when it started: "
                                + r.changesBehind() + " changes behind");
            }
        }
        return problems;
    }

    /** Refers to what is told already instead of telling it again. */
    private static @Nullable String shortened(@Nullable String reason, Map<String, String> told) {
        String text = reason;
        for (Map.Entry<String, String> fact : told.entrySet()) {
            text = text == null ? null : text.replace(fact.getKey(), fact.getValue());
        }
        return text;
    }

    /** Without what is told of this server alone. */
    private static String ofTheLedger(String reason) {
        int end = reason.indexOf(Part.LOOKS_AGAIN);
        return end < 0 ? reason : reason.substring(0, end);
    }

    private static String because(@Nullable String reason) {
        return reason == null ? "" : ": " + reason;
    }
}
