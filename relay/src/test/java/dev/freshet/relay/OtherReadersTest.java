package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.SqlOutbox;
import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.kafka.CloudEventDeserializer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.tools.consumer.ConsoleConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics of events as programs read them that know nothing of Freshet. */
class OtherReadersTest extends RelayFixture {
    private static final byte[] PICTURE = {0, 1, (byte) 0xff};
    private static final long CONSOLE_LIMIT_SECONDS = 60;

    private final SqlOutbox outbox = SqlOutbox.walMessages().build();
    private final List<UUID> ids = new ArrayList<>();
    private String events;

    @BeforeEach
    void publish(EmbeddedKafka kafka, TopicPrefix prefix) throws Exception {
        events = prefix.name("orders");
        settings = settings(
                        kafka,
                        prefix,
                        List.of(stream("items", "public.item", topic), StreamSettings.ofEvents("orders", events)))
                .events(EventSettings.of("shop")
                        .withDeadLetters(prefix.name("letters"), EventSettings.DEFAULT_DEAD_LETTER_BYTES))
                .build();
        Relay relay = start(settings);
        until(relay, s -> is(s, StreamStatus.RUNNING));
        try (Connection connection = db.connect()) {
            connection.setAutoCommit(false);
            ids.add(outbox.publish(
                    connection,
                    Event.builder("orders", "order-placed")
                            .key("4711")
                            .payload(Map.of("order", 4711, "name", "Müller"))
                            .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                            .build()));
            ids.add(outbox.publish(
                    connection,
                    Event.builder("orders", "picture-taken")
                            .key("4712")
                            .payload(PICTURE, "image/png")
                            .build()));
            connection.commit();
        }
        settle(relay);
    }

    @Test
    void cloudEventsSdk_readsThemAsEvents(EmbeddedKafka kafka) {
        Map<String, Object> config =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
        List<CloudEvent> read = new ArrayList<>();
        Instant deadline = Instant.now().plusSeconds(CONSOLE_LIMIT_SECONDS);
        try (KafkaConsumer<String, CloudEvent> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new CloudEventDeserializer())) {
            consumer.assign(List.of(new TopicPartition(events, 0)));
            consumer.seekToBeginning(consumer.assignment());
            while (read.size() < 2 && Instant.now().isBefore(deadline)) {
                for (ConsumerRecord<String, CloudEvent> record : consumer.poll(Duration.ofMillis(100))) {
                    read.add(record.value());
                }
            }
        }
        CloudEvent placed = read.get(0);
        assertEquals(SpecVersion.V1, placed.getSpecVersion());
        assertEquals(ids.get(0).toString(), placed.getId());
        assertEquals("order-placed", placed.getType());
        assertEquals("/freshet/shop", placed.getSource().toString());
        assertEquals("application/json", placed.getDataContentType());
        assertTrue(Objects.requireNonNull(placed.getTime())
                .toInstant()
                .isBefore(Instant.now().plusSeconds(1)));
        String json = new String(Objects.requireNonNull(placed.getData()).toBytes(), StandardCharsets.UTF_8);
        assertTrue(json.contains("\"order\":4711") && json.contains("\"name\":\"Müller\""), json);
        CloudEvent picture = read.get(1);
        assertEquals("image/png", picture.getDataContentType());
        assertArrayEquals(PICTURE, Objects.requireNonNull(picture.getData()).toBytes());
    }

    @Test
    void kafkasConsoleConsumer_showsKeysAndValuesAsText(EmbeddedKafka kafka, @TempDir Path folder) throws Exception {
        Path out = folder.resolve("out");
        Process console = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dfile.encoding=UTF-8",
                        "-Dstdout.encoding=UTF-8",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ConsoleConsumer.class.getName(),
                        "--bootstrap-server",
                        kafka.bootstrapServers(),
                        "--topic",
                        events,
                        "--from-beginning",
                        "--max-messages",
                        "1",
                        "--isolation-level",
                        "read_committed",
                        "--formatter-property",
                        "print.key=true",
                        "--formatter-property",
                        "print.headers=true")
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertTrue(console.waitFor(CONSOLE_LIMIT_SECONDS, TimeUnit.SECONDS));
        String[] shown = Files.readString(out).strip().split("\t", -1);
        assertEquals(3, shown.length, String.join("|", shown));
        Set<String> headers = new HashSet<>(List.of(shown[0].split(",")));
        assertTrue(headers.contains("ce_id:" + ids.get(0)), shown[0]);
        assertTrue(headers.contains("traceparent:00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), shown[0]);
        assertEquals("4711", shown[1]);
        assertTrue(shown[2].contains("\"order\":4711") && shown[2].contains("Müller"), shown[2]);
    }
}
