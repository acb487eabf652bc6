package dev.freshet.stream.kafka;

import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.model.RecordHeaders;
import dev.freshet.stream.ForeignRecordException;
import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Makes stream records of Kafka's, with one look at the first headers. Belongs to one thread. */
final class RecordParser {
    private byte[] lastVersionBytes = {};
    private String lastVersion = "";

    /**
     * Parses a record.
     *
     * @throws ForeignRecordException if no relay wrote it
     */
    StreamRecord parse(Partition partition, ConsumerRecord<byte[], byte[]> record) {
        byte[] op = null;
        byte[] position = null;
        byte[] schema = null;
        boolean readBack = false;
        Iterator<Header> headers = record.headers().iterator();
        // The relay writes these first. The names of the others are not even decoded: that was a third of a reader's
        // time.
        while (headers.hasNext() && (op == null || position == null || schema == null)) {
            Header header = headers.next();
            switch (header.key()) {
                case RecordHeaders.POSITION -> position = header.value();
                case RecordHeaders.OP -> op = header.value();
                case RecordHeaders.SCHEMA -> schema = header.value();
                case RecordHeaders.READ_BACK -> readBack = true;
                default -> {
                    // CloudEvents attributes and other programs' headers
                }
            }
        }
        byte[] key = record.key();
        if (key == null) {
            throw foreign(partition, record, "has no key", null);
        }
        try {
            Op what = op(need(partition, record, RecordHeaders.OP, op));
            byte[] value = record.value();
            if ((what == Op.DELETE) != (value == null)) {
                throw foreign(
                        partition,
                        record,
                        "says '" + what.code() + "' in header " + RecordHeaders.OP + " but has "
                                + (value == null ? "no value" : "a value"),
                        null);
            }
            return new StreamRecord(
                    partition,
                    record.offset(),
                    record.timestamp(),
                    key,
                    value,
                    what,
                    Position.parse(need(partition, record, RecordHeaders.POSITION, position)),
                    version(need(partition, record, RecordHeaders.SCHEMA, schema)),
                    readBack);
        } catch (IllegalArgumentException e) {
            throw foreign(partition, record, "has a header that cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private static byte[] need(
            Partition partition, ConsumerRecord<byte[], byte[]> record, String header, byte @Nullable [] value) {
        if (value == null) {
            throw foreign(partition, record, "has no header '" + header + "'", null);
        }
        return value;
    }

    private static ForeignRecordException foreign(
            Partition partition, ConsumerRecord<byte[], byte[]> record, String problem, @Nullable Throwable cause) {
        return new ForeignRecordException(partition, record.offset(), problem, cause);
    }

    private static Op op(byte[] code) {
        return switch (code.length == 1 ? (char) code[0] : '?') {
            case 'c' -> Op.CREATE;
            case 'u' -> Op.UPDATE;
            case 'd' -> Op.DELETE;
            case 'r' -> Op.READ;
            default -> Op.of(new String(code, StandardCharsets.UTF_8));
        };
    }

    /** Nearly all records in a row have the same version: one string for them. */
    private String version(byte[] bytes) {
        if (!Arrays.equals(bytes, lastVersionBytes)) {
            lastVersionBytes = bytes;
            lastVersion = new String(bytes, StandardCharsets.UTF_8);
        }
        return lastVersion;
    }
}
