package dev.freshet.relay.internal;

import dev.freshet.model.DurationText;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.RelaySettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which streams' windows have failed, and from when on each is tried again: after a wait that doubles, so that the others have
 * their turn. What has failed for longer than a stream's retry limit is told. Belongs to the relay's thread.
 */
final class FailingWindows {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    /** What concerns no stream alone; no stream has an empty name. */
    private static final String SOURCE = "";

    private final RelaySettings settings;
    private final InstantSource clock;
    private final Map<String, Failing> failing = new TreeMap<>();

    FailingWindows(RelaySettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    private record Failing(Instant since, Duration pause, Instant nextTry, String reason) {}

    /** Takes note that a window of a stream has failed. */
    void failed(String stream, String reason) {
        Instant now = clock.instant();
        Failing before = failing.get(stream);
        Duration pause = before == null ? FIRST_PAUSE : before.pause.multipliedBy(2);
        if (pause.compareTo(LONGEST_PAUSE) > 0) {
            pause = LONGEST_PAUSE;
        }
        failing.put(stream, new Failing(before == null ? now : before.since, pause, now.plus(pause), reason));
    }

    /** Takes note that the source did not do what every window needs. */
    void failed(String reason) {
        failed(SOURCE, reason);
    }

    /** Takes note that a window of a stream is whole. */
    void succeeded(String stream) {
        failing.remove(stream);
    }

    /** Takes note that the source does what every window needs. */
    void succeeded() {
        failing.remove(SOURCE);
    }

    /** Returns whether a stream is not to be tried again yet. */
    boolean holdsBack(String stream) {
        Failing one = failing.get(stream);
        return one != null && clock.instant().isBefore(one.nextTry);
    }

    /** Returns whether a stream's last window failed. */
    boolean areAny() {
        return failing.keySet().stream().anyMatch(s -> !s.equals(SOURCE));
    }

    /** Forgets the streams that are not to be read any more. */
    void keepOnly(Predicate<String> stillRead) {
        failing.keySet().removeIf(s -> !s.equals(SOURCE) && !stillRead.test(s));
    }

    /** Returns what has failed for longer than the limit, each a sentence. */
    List<String> texts() {
        List<String> texts = new ArrayList<>();
        failing.keySet().forEach(stream -> {
            String text = text(stream);
            if (text != null) {
                texts.add(text);
            }
        });
        return texts;
    }

    /** Returns the stream's entry as it is shown: with what has failed for longer than the limit behind its reason. */
    StreamEntry shown(StreamEntry entry) {
        String text = text(entry.stream());
        if (text == null || entry.status() != StreamStatus.SNAPSHOTTING) {
            return entry;
        }
        String reason = entry.reason();
        return new StreamEntry(
                entry.stream(),
                entry.topic(),
                entry.topicId(),
                entry.partitions(),
                entry.fingerprint(),
                entry.schemaVersion(),
                entry.status(),
                entry.since(),
                reason == null ? text : reason + ". " + text,
                entry.snapshot());
    }

    private @Nullable String text(String stream) {
        Failing one = failing.get(stream);
        if (one == null || clock.instant().isBefore(one.since.plus(settings.streamRetryLimit()))) {
            return null;
        }
        return (stream.equals(SOURCE)
                        ? "No table of source '" + settings.source() + "' could be read"
                        : "The rows of stream '" + stream + "' could not be read")
                + " for more than " + DurationText.of(settings.streamRetryLimit()) + " (sources." + settings.source()
                + ".limits.retry-timeout), and are tried again at least every "
                + DurationText.of(LONGEST_PAUSE) + ": " + one.reason;
    }
}
