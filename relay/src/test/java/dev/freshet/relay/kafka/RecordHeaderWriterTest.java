package dev.freshet.relay.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.capture.TableCapture;
import dev.freshet.model.Change;
import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.relay.HeaderSet;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordHeaderWriterTest {
    private static final RecordHeaderWriter HEADERS = new RecordHeaderWriter(RelaySettings.builder(
                    "shop",
                    List.of(stream("items", HeaderSet.CLOUDEVENTS), stream("stock", HeaderSet.MINIMAL)),
                    Map.of("bootstrap.servers", "localhost:9092"))
            .build());

    private static StreamSettings stream(String name, HeaderSet headers) {
        return StreamSettings.of(
                new TableCapture(name, "public." + name, List.of(), List.of()), "shop." + name, headers);
    }

    private static Map<String, String> of(String stream, byte @Nullable [] value, boolean readBack) {
        Change change = new Change(
                stream,
                value == null ? Op.DELETE : Op.UPDATE,
                new Position(1, 0x16B3748, 2, 0),
                Instant.parse("2026-01-02T03:04:05.000006Z"),
                new byte[] {1},
                value,
                "v1",
                readBack);
        Map<String, String> all = new LinkedHashMap<>();
        for (Header header : HEADERS.of(change)) {
            all.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        return all;
    }

    @Test
    void record_isACloudEvent_behindFreshetsOwnHeaders() {
        String position = new Position(1, 0x16B3748, 2, 0).toString();
        assertEquals(
                List.of(
                        Map.entry("freshet-read-back", "1"),
                        Map.entry("freshet-position", position),
                        Map.entry("freshet-op", "u"),
                        Map.entry("freshet-schema", "v1"),
                        Map.entry("ce_specversion", "1.0"),
                        Map.entry("ce_id", position),
                        Map.entry("ce_type", "items.changed"),
                        Map.entry("ce_source", "/freshet/shop"),
                        Map.entry("ce_time", "2026-01-02T03:04:05.000006Z"),
                        Map.entry("content-type", "application/json")),
                List.copyOf(of("items", new byte[] {2}, true).entrySet()));
    }

    @Test
    void delete_hasNoMediaType() {
        assertEquals(8, of("items", null, false).size());
    }

    @Test
    void minimalHeaders_areFreshetsOwnAlone() {
        assertEquals(
                List.of("freshet-position", "freshet-op", "freshet-schema"),
                List.copyOf(of("stock", new byte[] {2}, false).keySet()));
        assertEquals(
                List.of("freshet-read-back", "freshet-position", "freshet-op", "freshet-schema"),
                List.copyOf(of("stock", new byte[] {2}, true).keySet()));
    }
}
