package dev.freshet.model.ledger;

import dev.freshet.model.json.JsonWriter;
import org.jspecify.annotations.Nullable;

/** A snapshot's progress as JSON, inside its stream's entry. What is not the case is left out, as older relays did. */
final class SnapshotCodec {
    private SnapshotCodec() {}

    static void write(JsonWriter w, SnapshotProgress p) {
        w.beginObject();
        w.name("resume").string(p.resume());
        w.name("rowsDone").number(p.rowsDone());
        w.name("rowsEstimated").number(p.rowsEstimated());
        VanishedKeys keys = p.keys();
        if (keys != null) {
            w.name("keys").beginObject();
            vector(w, "end", keys.end());
            vector(w, "next", keys.next());
            w.endObject();
        }
        if (p.paused()) {
            w.name("paused").bool(true);
        }
        if (p.maxRowsPerSecond() > 0) {
            w.name("maxRowsPerSecond").number(p.maxRowsPerSecond());
        }
        w.endObject();
    }

    private static void vector(JsonWriter w, String name, @Nullable OffsetVector offsets) {
        if (offsets != null) {
            w.name(name).beginArray();
            for (int p = 0; p < offsets.partitions(); p++) {
                w.number(offsets.offset(p));
            }
            w.endArray();
        }
    }

    static SnapshotProgress read(Tree t) {
        Tree keys = t.treeOrNull("keys");
        return new SnapshotProgress(
                t.text("resume"),
                t.number("rowsDone"),
                t.number("rowsEstimated"),
                keys == null ? null : new VanishedKeys(vector(keys, "end"), vector(keys, "next")),
                t.has("paused") && t.bool("paused"),
                t.has("maxRowsPerSecond") ? t.number("maxRowsPerSecond") : 0);
    }

    private static @Nullable OffsetVector vector(Tree t, String name) {
        return t.has(name) ? OffsetVector.of(t.numbers(name)) : null;
    }
}
