package dev.freshet.direct;

import dev.freshet.model.RecordHeaders;
import dev.freshet.model.event.PublishedEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** Makes the records of events: those that a relay makes, without a position. Safe to share between threads. */
final class EventRecords {
    /** As a relay writes {@code ce_time}: with six digits of a second. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final String source;

    EventRecords(String source) {
        this.source = "/freshet/" + source;
    }

    static String time(Instant at) {
        return TIME.format(at);
    }

    /** Returns the record of an event for a topic, to which further headers may be added. */
    ProducerRecord<byte[], byte[]> of(Entry entry, String topic) {
        PublishedEvent event = entry.event;
        byte[] key = event.key() == null ? null : bytes(event.key());
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, event.payload());
        Headers headers = record.headers();
        add(headers, RecordHeaders.SPEC_VERSION, RecordHeaders.SPEC_VERSION_VALUE);
        add(headers, RecordHeaders.ID, event.id().toString());
        add(headers, RecordHeaders.TYPE, event.type());
        add(headers, RecordHeaders.SOURCE, source);
        add(headers, RecordHeaders.TIME, entry.time);
        add(headers, RecordHeaders.CONTENT_TYPE, event.contentType());
        event.headers().forEach((name, value) -> add(headers, name, value));
        return record;
    }

    static void add(Headers headers, String name, String value) {
        headers.add(name, bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
