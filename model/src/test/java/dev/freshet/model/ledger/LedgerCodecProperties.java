package dev.freshet.model.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Position;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class LedgerCodecProperties {
    private static final SourceIdentity SOURCE =
            new SourceIdentity("shop", "postgresql", "7301234567890123456", 2, "shop", "freshet_shop");
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.123456Z");

    @Provide
    Arbitrary<Boundary> boundaries() {
        Arbitrary<OffsetVector> vectors = Arbitraries.longs()
                .between(0, Long.MAX_VALUE)
                .array(long[].class)
                .ofMinSize(1)
                .ofMaxSize(5)
                .map(OffsetVector::of);
        return Combinators.combine(
                        Arbitraries.longs().between(0, Long.MAX_VALUE),
                        Arbitraries.longs().between(0, 4_000_000_000L).injectNull(0.2),
                        Arbitraries.maps(Arbitraries.strings().alpha().ofMinLength(1), vectors)
                                .ofMaxSize(4))
                .as((lsn, at, offsets) -> new Boundary(
                        Position.boundary(3, lsn), at == null ? null : Instant.ofEpochSecond(at), offsets));
    }

    @Provide
    Arbitrary<StreamEntry> entries() {
        return Combinators.combine(
                        Arbitraries.of(StreamStatus.class),
                        Arbitraries.longs().between(0, Long.MAX_VALUE),
                        Arbitraries.strings().ofMaxLength(20))
                .as((status, lsn, text) -> new StreamEntry(
                        "customers",
                        "shop.customers",
                        "id",
                        3,
                        "print",
                        "v1",
                        status,
                        Position.boundary(1, lsn),
                        status == StreamStatus.BROKEN || status == StreamStatus.STOPPED ? sound(text) : null,
                        status == StreamStatus.SNAPSHOTTING
                                ? progress(sound(text), lsn)
                                : status == StreamStatus.RUNNING && lsn % 2 == 0
                                        ? new SnapshotProgress(sound(text), 7, -1)
                                        : null,
                        status == StreamStatus.BROKEN ? Mending.values()[(int) (lsn % 3)] : null));
    }

    private static SnapshotProgress progress(String resume, long choice) {
        OffsetVector end = OffsetVector.of(4, choice);
        VanishedKeys keys =
                switch ((int) (choice % 4)) {
                    case 0 -> null;
                    case 1 -> VanishedKeys.NOT_BEGUN;
                    case 2 -> new VanishedKeys(end, null);
                    default -> new VanishedKeys(end, null).begin().at(OffsetVector.of(4, choice / 2));
                };
        return new SnapshotProgress(resume, 7, -1, keys, choice % 5 == 0, choice % 3);
    }

    private static @Nullable SourceLoss loss(long choice) {
        return choice % 3 == 0
                ? null
                : new SourceLoss(
                        "the slot is gone", choice % 2 == 0, choice % 3 == 1 ? null : new ServerSeen("7", 2, choice));
    }

    private static String sound(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    @Property
    void cursor_readBack_isTheSame(
            @ForAll("boundaries") Boundary boundary,
            @ForAll("entries") StreamEntry entry,
            @ForAll boolean inside,
            @ForAll boolean seen) {
        Position write = inside ? new Position(3, boundary.position().lsn(), 17, 1) : boundary.position();
        Cursor cursor = new Cursor(
                "incarnation",
                SOURCE,
                3,
                write,
                inside ? Map.of("proto_version", "1") : Map.of(),
                boundary,
                seen ? Position.boundary(3, boundary.position().lsn() / 2) : null,
                loss(boundary.position().lsn()),
                !inside,
                NOW,
                Map.of("customers", entry));
        assertEquals(cursor, LedgerCodec.decodeCursor(LedgerCodec.encode(cursor)));
        assertEquals(boundary, LedgerCodec.decodeBoundary(LedgerCodec.encode(boundary)));
    }

    @Property
    void schema_readBack_isTheSame_andItsVersionTellsContents(@ForAll boolean nullable, @ForAll boolean portable) {
        SchemaRecord schema = new SchemaRecord(
                "customers",
                List.of(
                        new Column("id", "bigint", false, true),
                        new Column("name", "character varying(40)", nullable, portable)),
                List.of("id"));
        assertEquals(schema, LedgerCodec.decodeSchema(LedgerCodec.encode(schema)));
        assertTrue(schema.version().matches("[0-9a-f]{16}"));
        SchemaRecord other =
                new SchemaRecord("customers", List.of(new Column("id", "bigint", nullable, true)), List.of("id"));
        assertNotEquals(schema.version(), other.version());
    }

    @Example
    void epochAndTimeline_readBack_areTheSame() {
        EpochRecord epoch = new EpochRecord(2, SOURCE, 77, NOW, "restored");
        assertEquals(epoch, LedgerCodec.decodeEpoch(LedgerCodec.encode(epoch)));
        TimelineRecord timeline = new TimelineRecord("7301234567890123456", 1, 99);
        assertEquals(timeline, LedgerCodec.decodeTimeline(LedgerCodec.encode(timeline)));
    }

    @Example
    void unknownMembers_arePassedOver_aHigherFormatIsNot() {
        Cursor cursor = new Cursor("i", SOURCE, 1, Position.boundary(1, 5), Map.of(), null, null, false, NOW, Map.of());
        String json = new String(LedgerCodec.encode(cursor), StandardCharsets.UTF_8);
        assertEquals(
                cursor, LedgerCodec.decodeCursor(bytes(json.replace("{\"format\":1", "{\"new\":[1],\"format\":1"))));
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> LedgerCodec.decodeCursor(bytes(json.replace("\"format\":1", "\"format\":2"))));
        assertTrue(String.valueOf(e.getMessage()).contains("format 2"));
    }

    /** What relays wrote before there was a re-snapshot. */
    @Example
    void olderEntries_areRead_andABrokenOneIsMendedByANewTopic() {
        String json = "{\"format\":1,\"incarnation\":\"i\",\"source\":{\"name\":\"shop\",\"type\":\"postgresql\","
                + "\"system\":\"7\",\"timeline\":1,\"database\":\"d\",\"slot\":\"s\"},\"epoch\":1,"
                + "\"write\":\"0001.0000000000000005.0000000000.00000000\",\"atBoundary\":false,"
                + "\"writtenAt\":\"2026-01-02T03:04:05Z\",\"streams\":{%s}}";
        String entry = "\"%s\":{\"topic\":\"t.%s\",\"topicId\":\"i\",\"partitions\":1,\"fingerprint\":\"f\","
                + "\"schema\":\"v\",\"since\":\"0001.0000000000000005.0000000000.00000000\",%s}";
        String snapshotting =
                "\"status\":\"snapshotting\",\"snapshot\":{\"resume\":\"r\",\"rowsDone\":3," + "\"rowsEstimated\":9}";
        Cursor cursor = LedgerCodec.decodeCursor(bytes(String.format(
                json,
                String.format(entry, "a", "a", snapshotting) + ","
                        + String.format(entry, "b", "b", "\"status\":\"broken\",\"reason\":\"why\""))));
        assertEquals(
                new SnapshotProgress("r", 3, 9),
                Objects.requireNonNull(cursor.streams().get("a")).snapshot());
        assertEquals(
                Mending.TOPIC, Objects.requireNonNull(cursor.streams().get("b")).mending());
    }

    @Example
    void brokenStream_isMendedByTheGreaterOfItsCauses() {
        Position at = Position.boundary(1, 5);
        StreamEntry rows =
                new StreamEntry("a", "t", "i", 1, "f", "", StreamStatus.BROKEN, at, "truncated", null, Mending.ROWS);
        StreamEntry topic = rows.broken(Position.boundary(1, 9), "made again", Mending.TOPIC);
        assertEquals(Mending.TOPIC, topic.mending());
        assertEquals(at, topic.since());
        assertEquals(topic, topic.broken(at, "truncated", Mending.ROWS));
        assertEquals("made again; run 'freshet resnapshot a' to begin it anew", topic.advice());
        assertEquals("lost", rows.broken(at, "lost", Mending.SOURCE).advice());
    }

    @Example
    void pausedSnapshot_saysWhatLetsItGoOn() {
        SnapshotProgress paused = new SnapshotProgress("r", 3, 9).with(true, 0);
        StreamEntry first = new StreamEntry(
                "a", "t", "i", 1, "f", "", StreamStatus.SNAPSHOTTING, Position.boundary(1, 5), null, paused, null);
        assertEquals("it is paused until 'freshet resnapshot a --resume' lets it go on", first.advice());
        StreamEntry again = first.running(first.since())
                .readAnew(first.since(), "Truncated.")
                .snapshotting(first.since(), paused);
        assertEquals("Truncated; " + first.advice(), again.advice());
    }

    @Example
    void missingMember_isNamed() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> LedgerCodec.decodeSchema(bytes("{\"stream\":\"a\"}")));
        assertTrue(String.valueOf(e.getMessage()).contains("schema.columns"));
    }

    @Example
    void contradictions_areRefused() {
        Position at = Position.boundary(1, 5);
        assertThrows(
                IllegalArgumentException.class,
                () -> new StreamEntry("a", "t", "i", 1, "f", "", StreamStatus.BROKEN, at, null, null));
        assertThrows(
                IllegalArgumentException.class,
                () -> new StreamEntry("a", "t", "i", 1, "f", "", StreamStatus.SNAPSHOTTING, at, null, null));
        assertThrows(
                IllegalArgumentException.class,
                () -> new StreamEntry(
                        "a", "t", "i", 1, "f", "", StreamStatus.STOPPED, at, null, new SnapshotProgress("", 1, 1)));
        assertThrows(IllegalArgumentException.class, () -> new Boundary(new Position(1, 5, 1, 0), null, Map.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Cursor("i", SOURCE, 1, at, Map.of(), null, null, true, NOW, Map.of()));
        Boundary boundary = new Boundary(at, null, Map.of());
        for (Boundary last : new Boundary[] {null, boundary}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new Cursor(
                            "i", SOURCE, 1, at, Map.of(), last, Position.boundary(1, 6), false, NOW, Map.of()));
        }
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
