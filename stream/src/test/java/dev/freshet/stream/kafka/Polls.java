package dev.freshet.stream.kafka;

import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamBatch;
import dev.freshet.stream.StreamReader;
import dev.freshet.stream.StreamRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Polls a reader until what is awaited has come, and keeps all that came. */
final class Polls {
    static final Duration LIMIT = Duration.ofSeconds(20);

    final List<StreamRecord> records = new ArrayList<>();
    final Map<Partition, Long> positions = new TreeMap<>();
    private final StreamReader reader;

    Polls(StreamReader reader) {
        this.reader = reader;
    }

    Polls until(String what, Predicate<Polls> there) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!there.test(this)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "Not within " + LIMIT + ": " + what + "; came: " + values() + " at " + positions);
            }
            once(Duration.ofMillis(100));
        }
        return this;
    }

    void once(Duration wait) throws InterruptedException {
        StreamBatch batch = reader.poll(wait);
        records.addAll(batch.records());
        positions.putAll(batch.positions());
    }

    List<String> values() {
        return records.stream()
                .map(r -> {
                    byte[] value = r.value();
                    return value == null ? "-" : new String(value, StandardCharsets.UTF_8);
                })
                .toList();
    }
}
