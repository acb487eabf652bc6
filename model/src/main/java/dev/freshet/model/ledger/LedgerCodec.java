package dev.freshet.model.ledger;

import dev.freshet.model.json.JsonWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ledger's records as JSON. Members that a reader does not know are passed over, so that a newer relay can add some.
 *
 * <p>Every {@code decode} method throws {@link dev.freshet.model.json.JsonException} for what is no JSON and {@link
 * IllegalArgumentException}, naming the member, for what is no such record.
 */
public final class LedgerCodec {
    /** The format's version in the cursor; a reader refuses a higher one. */
    public static final int FORMAT = 1;

    private LedgerCodec() {}

    /** Encodes a cursor. */
    public static byte[] encode(Cursor c) {
        JsonWriter w = new JsonWriter();
        w.beginObject();
        w.name("format").number(FORMAT);
        w.name("incarnation").string(c.incarnation());
        w.name("source");
        write(w, c.source());
        w.name("epoch").number(c.epoch());
        w.name("write").string(c.write().toString());
        w.name("atBoundary").bool(c.atBoundary());
        w.name("writtenAt").string(c.writtenAt().toString());
        if (!c.options().isEmpty()) {
            w.name("options").beginObject();
            c.options().forEach((k, v) -> w.name(k).string(v));
            w.endObject();
        }
        if (c.boundary() != null) {
            w.name("boundary");
            write(w, c.boundary());
        }
        if (c.wholeAt() != null) {
            w.name("wholeAt").string(c.wholeAt().toString());
        }
        SourceLoss loss = c.loss();
        if (loss != null) {
            w.name("loss").beginObject();
            w.name("reason").string(loss.reason());
            w.name("mayBeginAnew").bool(loss.mayBeginAnew());
            ServerSeen server = loss.server();
            if (server != null) {
                w.name("server").beginObject();
                w.name("system").string(server.system());
                w.name("timeline").number(server.timeline());
                w.name("flushedLsn").number(server.flushedLsn());
                w.endObject();
            }
            w.endObject();
        }
        w.name("streams").beginObject();
        c.streams().forEach((name, entry) -> {
            w.name(name);
            write(w, entry);
        });
        w.endObject();
        return w.endObject().toBytes();
    }

    private static void write(JsonWriter w, SourceIdentity s) {
        w.beginObject();
        w.name("name").string(s.name());
        w.name("type").string(s.type());
        w.name("system").string(s.system());
        w.name("timeline").number(s.timeline());
        w.name("database").string(s.database());
        w.name("slot").string(s.slot());
        w.endObject();
    }

    private static void write(JsonWriter w, Boundary b) {
        w.beginObject();
        w.name("position").string(b.position().toString());
        if (b.completeTo() != null) {
            w.name("completeTo").string(b.completeTo().toString());
        }
        w.name("offsets").beginObject();
        b.offsets().forEach((topic, vector) -> {
            w.name(topic).beginArray();
            for (int p = 0; p < vector.partitions(); p++) {
                w.number(vector.offset(p));
            }
            w.endArray();
        });
        w.endObject();
        w.endObject();
    }

    private static void write(JsonWriter w, StreamEntry e) {
        w.beginObject();
        w.name("topic").string(e.topic());
        w.name("topicId").string(e.topicId());
        w.name("partitions").number(e.partitions());
        w.name("fingerprint").string(e.fingerprint());
        w.name("schema").string(e.schemaVersion());
        w.name("status").string(e.status().text());
        w.name("since").string(e.since().toString());
        if (e.reason() != null) {
            w.name("reason").string(e.reason());
        }
        if (e.mending() != null) {
            w.name("mending").string(e.mending().text());
        }
        SnapshotProgress p = e.snapshot();
        if (p != null) {
            w.name("snapshot");
            SnapshotCodec.write(w, p);
        }
        w.endObject();
    }

    /** Encodes parked events. */
    public static byte[] encode(ParkedEvents parked) {
        return new JsonWriter()
                .beginObject()
                .name("letters")
                .number(parked.letters())
                .name("last")
                .string(parked.last().toString())
                .endObject()
                .toBytes();
    }

    /** Decodes parked events. */
    public static ParkedEvents decodeParked(byte[] json) {
        Tree t = Tree.parse(json, "parked");
        return new ParkedEvents(t.number("letters"), t.position("last"));
    }

    /** Decodes a cursor. */
    public static Cursor decodeCursor(byte[] json) {
        Tree t = Tree.parse(json, "cursor");
        long format = t.number("format");
        if (format > FORMAT) {
            throw new IllegalArgumentException("The ledger's cursor has format " + format
                    + ", but this Freshet reads up to " + FORMAT + ": upgrade this process before the relay");
        }
        Map<String, StreamEntry> streams = new LinkedHashMap<>();
        Tree entries = t.tree("streams");
        for (String name : entries.names()) {
            streams.put(name, streamEntry(name, entries.tree(name)));
        }
        Map<String, String> options = new LinkedHashMap<>();
        Tree given = t.treeOrNull("options");
        if (given != null) {
            for (String name : given.names()) {
                options.put(name, given.text(name));
            }
        }
        Tree boundary = t.treeOrNull("boundary");
        Tree loss = t.treeOrNull("loss");
        return new Cursor(
                t.text("incarnation"),
                identity(t.tree("source")),
                (int) t.number("epoch"),
                t.position("write"),
                options,
                boundary == null ? null : boundary(boundary),
                t.positionOrNull("wholeAt"),
                loss == null ? null : loss(loss),
                t.bool("atBoundary"),
                Instant.parse(t.text("writtenAt")),
                streams);
    }

    private static SourceLoss loss(Tree t) {
        Tree server = t.treeOrNull("server");
        return new SourceLoss(
                t.text("reason"),
                t.bool("mayBeginAnew"),
                server == null
                        ? null
                        : new ServerSeen(
                                server.text("system"), server.number("timeline"), server.number("flushedLsn")));
    }

    private static SourceIdentity identity(Tree t) {
        return new SourceIdentity(
                t.text("name"),
                t.text("type"),
                t.text("system"),
                t.number("timeline"),
                t.text("database"),
                t.text("slot"));
    }

    private static Boundary boundary(Tree t) {
        Map<String, OffsetVector> offsets = new LinkedHashMap<>();
        Tree vectors = t.tree("offsets");
        for (String topic : vectors.names()) {
            offsets.put(topic, OffsetVector.of(vectors.numbers(topic)));
        }
        String completeTo = t.textOrNull("completeTo");
        return new Boundary(t.position("position"), completeTo == null ? null : Instant.parse(completeTo), offsets);
    }

    private static StreamEntry streamEntry(String name, Tree t) {
        Tree snapshot = t.treeOrNull("snapshot");
        StreamStatus status = StreamStatus.of(t.text("status"));
        String mending = t.textOrNull("mending");
        return new StreamEntry(
                name,
                t.text("topic"),
                t.text("topicId"),
                (int) t.number("partitions"),
                t.text("fingerprint"),
                t.text("schema"),
                status,
                t.position("since"),
                t.textOrNull("reason"),
                snapshot == null ? null : SnapshotCodec.read(snapshot),
                // older relays did not say; a new topic always helps
                status != StreamStatus.BROKEN ? null : mending == null ? Mending.TOPIC : Mending.of(mending));
    }

    /** Encodes a boundary of the history. */
    public static byte[] encode(Boundary b) {
        JsonWriter w = new JsonWriter();
        write(w, b);
        return w.toBytes();
    }

    /** Decodes a boundary of the history. */
    public static Boundary decodeBoundary(byte[] json) {
        return boundary(Tree.parse(json, "boundary"));
    }

    /** Encodes a schema record. */
    public static byte[] encode(SchemaRecord s) {
        JsonWriter w = new JsonWriter();
        w.beginObject();
        w.name("stream").string(s.stream());
        w.name("columns").beginArray();
        for (Column c : s.columns()) {
            w.beginObject();
            w.name("name").string(c.name());
            w.name("type").string(c.type());
            w.name("nullable").bool(c.nullable());
            w.name("portable").bool(c.portable());
            w.endObject();
        }
        w.endArray();
        w.name("key").beginArray();
        s.key().forEach(w::string);
        w.endArray();
        return w.endObject().toBytes();
    }

    /** Decodes a schema record. */
    public static SchemaRecord decodeSchema(byte[] json) {
        Tree t = Tree.parse(json, "schema");
        List<Column> columns = new ArrayList<>();
        for (Tree c : t.trees("columns")) {
            columns.add(new Column(c.text("name"), c.text("type"), c.bool("nullable"), c.bool("portable")));
        }
        return new SchemaRecord(t.text("stream"), columns, t.texts("key"));
    }

    /** Encodes an epoch record. */
    public static byte[] encode(EpochRecord e) {
        JsonWriter w = new JsonWriter();
        w.beginObject();
        w.name("epoch").number(e.epoch());
        w.name("source");
        write(w, e.source());
        w.name("lsn").number(e.lsn());
        w.name("startedAt").string(e.startedAt().toString());
        w.name("reason").string(e.reason());
        return w.endObject().toBytes();
    }

    /** Decodes an epoch record. */
    public static EpochRecord decodeEpoch(byte[] json) {
        Tree t = Tree.parse(json, "epoch");
        return new EpochRecord(
                (int) t.number("epoch"),
                identity(t.tree("source")),
                t.number("lsn"),
                Instant.parse(t.text("startedAt")),
                t.text("reason"));
    }

    /** Encodes a timeline record. */
    public static byte[] encode(TimelineRecord r) {
        JsonWriter w = new JsonWriter();
        w.beginObject();
        w.name("system").string(r.system());
        w.name("timeline").number(r.timeline());
        w.name("switchLsn").number(r.switchLsn());
        return w.endObject().toBytes();
    }

    /** Decodes a timeline record. */
    public static TimelineRecord decodeTimeline(byte[] json) {
        Tree t = Tree.parse(json, "timeline");
        return new TimelineRecord(t.text("system"), t.number("timeline"), t.number("switchLsn"));
    }
}
