package dev.freshet.letters;

import dev.freshet.model.DeadLetterHeaders;
import dev.freshet.model.RecordHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A letter as it stands in its topic.
 *
 * @param head what there is to say of it
 * @param record the record, with key, value and headers
 */
public record Letter(LetterHead head, ConsumerRecord<byte[], byte[]> record) {
    private static final int MOST_REASON = 500;

    static Letter of(ConsumerRecord<byte[], byte[]> record) {
        LetterPlace place = new LetterPlace(record.partition(), record.offset());
        String replaces = header(record, DeadLetterHeaders.REPLACES);
        String reason = text(record, DeadLetterHeaders.REASON);
        return new Letter(
                new LetterHead(
                        place,
                        replaces != null && LetterPlace.isPlace(replaces) ? LetterPlace.parse(replaces) : place,
                        text(record, DeadLetterHeaders.STREAM).intern(),
                        record.key() == null ? null : ByteBuffer.wrap(record.key()),
                        text(record, RecordHeaders.ID),
                        text(record, RecordHeaders.TYPE).intern(),
                        text(record, DeadLetterHeaders.ERROR).intern(),
                        reason.length() > MOST_REASON ? reason.substring(0, MOST_REASON) + '…' : reason,
                        Instant.ofEpochMilli(record.timestamp()),
                        record.value() == null ? 0 : record.value().length),
                record);
    }

    /** Returns the place of the letter that a record tells to be dealt with; empty if the record is a letter itself. */
    static Optional<LetterPlace> resolves(ConsumerRecord<byte[], byte[]> record) {
        return Optional.ofNullable(header(record, DeadLetterHeaders.RESOLVES))
                .filter(LetterPlace::isPlace)
                .map(LetterPlace::parse);
    }

    /** Returns the names of its headers, in their order; one that is there twice is named twice. */
    public List<String> headerNames() {
        return Stream.of(record.headers().toArray()).map(Header::key).toList();
    }

    /** Returns its content, not to be written to; empty if it has none. */
    public byte[] content() {
        return record.value() == null ? new byte[0] : record.value();
    }

    /** Returns a header's text; null if it has none of that name. */
    public @Nullable String header(String name) {
        return header(record, name);
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String name) {
        String value = header(record, name);
        return value == null ? "" : value;
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header found = record.headers().lastHeader(name);
        return found == null || found.value() == null ? null : new String(found.value(), StandardCharsets.UTF_8);
    }
}
