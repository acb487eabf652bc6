package dev.freshet.bench.suite;

import dev.freshet.bench.BenchException;
import dev.freshet.bench.contender.Keys;
import dev.freshet.bench.load.Span;
import dev.freshet.bench.load.TopicWatch;
import dev.freshet.bench.process.Child;
import dev.freshet.bench.process.Settings;
import java.time.Duration;
import java.util.Map;

/** Measures how fast a bare producer sends the records that a topic has: the limit of a relay of events. */
final class RawSending {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private RawSending() {}

    /** Adds the rates of two rounds in one JVM, the first one cold, the second one warm. */
    static void measure(Servers servers, String topic, long rows, BacklogResults results) {
        Candidate candidate = Candidate.rawRecords();
        String copy = topic + "_raw";
        servers.createTopic(copy);
        Settings settings = Settings.of(
                Map.of(Keys.KAFKA, servers.kafka().bootstrapServers(), Keys.TOPIC, copy, Keys.RECORDS, topic));
        try (Child child = Child.launch(candidate.label(), candidate.program(), candidate.jvmOptions());
                TopicWatch watch = TopicWatch.of(servers.kafka().bootstrapServers(), copy)) {
            results.cold(candidate, round(child, settings, 1, rows), child.launched());
            results.warm(candidate, round(child, settings, rows + 1, 2 * rows));
            long sent =
                    watch.ends().values().stream().mapToLong(Long::longValue).sum();
            if (sent != 2 * rows) {
                throw new BenchException(
                        "The raw producer left " + sent + " records in topic " + copy + " instead of " + 2 * rows);
            }
        }
    }

    private static Span round(Child child, Settings settings, long first, long last) {
        child.start(settings.with(Keys.FIRST, Long.toString(first)).with(Keys.LAST, Long.toString(last)));
        Span span = child.awaitDone(LIMIT);
        child.stop();
        return span;
    }
}
