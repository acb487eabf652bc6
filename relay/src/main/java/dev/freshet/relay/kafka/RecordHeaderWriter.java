package dev.freshet.relay.kafka;

import dev.freshet.model.Change;
import dev.freshet.model.EventRecord;
import dev.freshet.model.Op;
import dev.freshet.model.RecordHeaders;
import dev.freshet.model.TopicRecord;
import dev.freshet.model.event.PublishedEvent;
import dev.freshet.relay.HeaderSet;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** Makes a record's headers; those that are the same for many records are made once. Belongs to one thread. */
final class RecordHeaderWriter {
    private static final int OWN = 3;
    private static final int CLOUD_EVENTS = 5;
    private static final int EVENT = 7;
    private static final String JSON = "application/json";

    private final Header specVersion = header(RecordHeaders.SPEC_VERSION, RecordHeaders.SPEC_VERSION_VALUE);
    private final Header contentType = header(RecordHeaders.CONTENT_TYPE, JSON);
    private final Header readBack = header(RecordHeaders.READ_BACK, "1");
    private final Header source;
    private final Map<Op, Header> ops = new EnumMap<>(Op.class);
    /** By stream; of those only whose records are CloudEvents. */
    private final Map<String, Header> types = new HashMap<>();

    private final Map<String, Header> schemas = new HashMap<>();
    private final TimeText times = new TimeText();
    private @Nullable Instant lastTime;
    private Header lastTimeHeader = header(RecordHeaders.TIME, "");

    RecordHeaderWriter(RelaySettings settings) {
        source = header(RecordHeaders.SOURCE, "/freshet/" + settings.source());
        for (StreamSettings stream : settings.streams()) {
            if (stream.content() instanceof StreamSettings.Rows rows && rows.headers() == HeaderSet.CLOUDEVENTS) {
                types.put(stream.name(), header(RecordHeaders.TYPE, stream.name() + RecordHeaders.TYPE_SUFFIX));
            }
        }
        for (Op op : Op.values()) {
            ops.put(op, header(RecordHeaders.OP, op.code()));
        }
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns the headers in the client's own type, which it copies at once instead of one by one. Freshet's own stand first,
     * what is rare before what is always there, so that a reader has seen all it needs after the schema.
     */
    Headers of(TopicRecord row) {
        return new org.apache.kafka.common.header.internals.RecordHeaders(
                row instanceof Change change ? ofChange(change) : ofEvent((EventRecord) row));
    }

    /** An event is always a CloudEvent, by its own id and type; its own headers stand last. */
    private Header[] ofEvent(EventRecord row) {
        PublishedEvent event = row.event();
        Header[] all = new Header[EVENT + event.headers().size()];
        int n = 0;
        all[n++] = new RecordHeader(RecordHeaders.POSITION, row.position().toBytes());
        all[n++] = specVersion;
        all[n++] = header(RecordHeaders.ID, event.id().toString());
        all[n++] = header(RecordHeaders.TYPE, event.type());
        all[n++] = source;
        all[n++] = time(row.committedAt());
        all[n++] = event.contentType().equals(JSON)
                ? contentType
                : header(RecordHeaders.CONTENT_TYPE, event.contentType());
        for (Map.Entry<String, String> own : event.headers().entrySet()) {
            all[n++] = header(own.getKey(), own.getValue());
        }
        return all;
    }

    private Header[] ofChange(Change change) {
        byte[] position = change.position().toBytes();
        Header type = types.get(change.stream());
        int cloudEvents = type == null ? 0 : CLOUD_EVENTS + (change.value() == null ? 0 : 1);
        Header[] all = new Header[OWN + (change.readBack() ? 1 : 0) + cloudEvents];
        int n = 0;
        if (change.readBack()) {
            all[n++] = readBack;
        }
        all[n++] = new RecordHeader(RecordHeaders.POSITION, position);
        all[n++] = Objects.requireNonNull(ops.get(change.op()));
        all[n++] = schemas.computeIfAbsent(change.schemaVersion(), v -> header(RecordHeaders.SCHEMA, v));
        if (type != null) {
            all[n++] = specVersion;
            all[n++] = new RecordHeader(RecordHeaders.ID, position);
            all[n++] = type;
            all[n++] = source;
            all[n++] = time(change.committedAt());
            if (change.value() != null) {
                all[n] = contentType;
            }
        }
        return all;
    }

    private Header time(Instant at) {
        if (!at.equals(lastTime)) {
            lastTime = at;
            lastTimeHeader = new RecordHeader(RecordHeaders.TIME, times.of(at));
        }
        return lastTimeHeader;
    }
}
