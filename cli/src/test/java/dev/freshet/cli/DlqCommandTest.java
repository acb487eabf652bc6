package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.model.json.JsonReader;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.SqlOutbox;
import dev.freshet.server.Server;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dlq} beside a running server: what it lists, shows, changes, sends and gives up, and its exit codes. */
class DlqCommandTest extends InShop {
    private static final String LARGE = "x".repeat(2_000);

    private final SqlOutbox outbox = SqlOutbox.walMessages().build();

    @TempDir
    private Path files = Path.of("");

    DlqCommandTest(TestDatabase shop, TestDatabase shipping) {
        super(shop, shipping);
    }

    @Override
    void prepare() throws Exception {
        shop.execute("CREATE TABLE item (id bigint PRIMARY KEY)");
        write(List.of("item"), "{ item: {} }");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace(
                                "streams:\n  item",
                                "streams:\n  placed: { source: " + source
                                        + ", events: true, max-message-size: 2kB }\n  item"));
    }

    private void publish(String key, String payload) throws Exception {
        try (Connection connection = shop.connect()) {
            connection.setAutoCommit(false);
            outbox.publish(
                    connection,
                    Event.builder("placed", "order-placed")
                            .key(key)
                            .payload(payload)
                            .build());
            connection.commit();
        }
    }

    private List<String> sent(EmbeddedKafka kafka) {
        Map<String, Object> config =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(source + ".placed", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            List<String> sent = new ArrayList<>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(r -> sent.add(r.key() + ' ' + r.value()));
            }
            return sent;
        }
    }

    private CommandLineRun ok(String answer, String... arguments) {
        CommandLineRun run = answering(answer, arguments);
        assertEquals(ExitCodes.OK, run.exitCode(), run.err() + run.out());
        return run;
    }

    private void assertRefused(String message, String... arguments) {
        CommandLineRun run = freshet(arguments);
        assertEquals(ExitCodes.MISTAKES, run.exitCode(), run.out());
        assertTrue(run.err().contains(message), run.err());
    }

    private static Map<?, ?> json(String text) {
        return (Map<?, ?>) Objects.requireNonNull(new JsonReader(text.getBytes(StandardCharsets.UTF_8)).nextTree());
    }

    private String place(String error) {
        List<?> topics = (List<?>)
                json(ok("", "dlq", "ls", "--error", error, "--json").out()).get("topics");
        List<?> letters = (List<?>) ((Map<?, ?>) topics.get(0)).get("letters");
        return ((Map<?, ?>) letters.get(0)).get("letter").toString();
    }

    /** Two wait, of which one is listed. */
    private void assertListedAsJson(String out) {
        List<?> topics = (List<?>) json(out).get("topics");
        Map<?, ?> topic = (Map<?, ?>) topics.get(0);
        assertEquals(
                List.of(source, source + ".freshet-dead-letters", "2"),
                List.of(
                        topic.get("of"),
                        topic.get("topic"),
                        topic.get("waiting").toString()));
        List<?> letters = (List<?>) topic.get("letters");
        assertEquals(1, letters.size(), out);
        Map<?, ?> letter = (Map<?, ?>) letters.get(0);
        assertEquals(
                List.of("0-0", "0-0", "placed", "a", "order-placed", "too-large"),
                Stream.of("letter", "first", "stream", "key", "type", "error")
                        .map(letter::get)
                        .toList());
    }

    @Test
    void letters_areListedShownChangedSentAndGivenUp(EmbeddedKafka kafka) throws Exception {
        assertRefused("There is no dead-letter topic '" + source + ".freshet-dead-letters' yet", "dlq", "ls");
        try (Server server = startUntilReady()) {
            publish("a", LARGE);
            publish("a", "second");
            publish("b", "first");
            Awaitility.await()
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertTrue(
                            ok("", "dlq", "ls").out().startsWith("2 letters of " + source),
                            () -> ok("", "dlq", "ls").out()));
            Awaitility.await()
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertTrue(
                            server.status()
                                    .sources()
                                    .get(0)
                                    .alarms()
                                    .toString()
                                    .contains("2 events wait among the dead letters"),
                            () -> server.status().toString()));
            String listed = ok("", "dlq", "ls").out();
            assertTrue(listed.contains("1 behind") && listed.contains("1 too-large"), listed);
            assertTrue(
                    listed.startsWith("2 letters of " + source) && listed.contains("): 2 of 1 key, 0 without"), listed);
            assertListedAsJson(ok("", "dlq", "ls", "--json", "--limit", "1").out());
            Map<?, ?> asJson =
                    json(ok("", "dlq", "show", place("behind"), "--json").out());
            assertEquals("\"second\"", asJson.get("content"));
            assertEquals("behind", asJson.get("error"));
            assertTrue(
                    asJson.get("headers").toString().contains("{name=ce_type, value=order-placed}"), asJson::toString);
            assertTrue(ok("", "dlq", "ls", "--key", "b").out().startsWith("0 letters"));

            Path content = files.resolve("content");
            String shown = ok("", "dlq", "show", "0-0", "--payload", content.toString())
                    .out();
            assertTrue(shown.contains("streams.placed.max-message-size") && shown.contains("ce_type"), shown);
            assertEquals('"' + LARGE + '"', Files.readString(content));

            assertRefused("Name letters, choose some by an option, or say --all", "dlq", "redrive");
            assertRefused("No letter '9-9' waits", "dlq", "show", "9-9");
            assertRefused("Say what is to be changed", "dlq", "edit", "0-0");
            assertRefused("bytes with all its headers", "dlq", "redrive", "--all", "--yes");
            Files.writeString(content, "\"first\"");
            ok("", "dlq", "edit", "0-0", "--payload", content.toString());
            String edited = ok("", "dlq", "ls").out();
            assertTrue(edited.contains("1 behind") && edited.contains("1 edited"), edited);
            CommandLineRun asked = answering("no\n", "dlq", "redrive", "--stream", "placed");
            assertEquals(ExitCodes.FAILED, asked.exitCode());
            assertTrue(asked.out().contains("send 2 letters where they belong"), asked.out());
            String done =
                    ok(source + "\n", "dlq", "redrive", "--stream", "placed").out();
            assertTrue(done.contains("2 of 2") && done.contains("Done: 2 letters."), done);
            publish("a", "third");
            Awaitility.await()
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertEquals(
                            List.of("b \"first\"", "a \"first\"", "a \"second\"", "a \"third\""), sent(kafka)));

            publish("c", LARGE);
            Awaitility.await()
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertTrue(ok("", "dlq", "ls").out().startsWith("1 letter of")));
            ok("", "dlq", "discard", "--error", "too-large", "--yes");
            assertTrue(ok("", "dlq", "ls").out().startsWith("0 letters"));
            assertTrue(ok("", "dlq", "redrive", "--all", "--yes").out().contains("No letter of"));
            Awaitility.await()
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertEquals(
                            List.of(), server.status().sources().get(0).alarms()));
        }
    }

    @Test
    void fileWithoutLetters_isTold() throws Exception {
        write(List.of("item"), "{ item: {} }");
        assertRefused("The configuration has no dead letters", "dlq", "ls");
        CommandLineRun run = freshet("dlq", "ls", "--topic", "no-such-topic");
        assertEquals(ExitCodes.MISTAKES, run.exitCode());
        assertFalse(run.err().isEmpty());
    }
}
