package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.OutboxColumn;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/how-to/publish-events.md shows, run as it stands there. */
class PublishPageTest extends OrdersPage {
    private static final String PAGE = "publish-events.md";

    PublishPageTest() {
        super(PAGE);
    }

    private static List<String> found(String pattern) throws Exception {
        String page = Files.readString(Path.of("..", "docs", "how-to", PAGE));
        return Pattern.compile(pattern)
                .matcher(page)
                .results()
                .map(m -> m.group(1))
                .toList();
    }

    @Test
    void example_commitsOrderAndEventTogether_orNeither() throws Exception {
        Method shared = examples.type("TableOrders").getDeclaredMethod("shared");
        shared.setAccessible(true);
        assertTogetherOrNeither(examples.example("TableOrders", dataSource(), shared.invoke(null)));
    }

    @Test
    void statement_writesWhatTheLibraryWrites() throws Exception {
        List<String> statements = found("(?s)```sql\n(.*?);?\n```");
        // its function is there from PostgreSQL 18 on; the page's other statement does for all
        database.execute(statements.get(0).replace("uuidv7()", '(' + statements.get(1) + ')'));
        UUID id = UUID.fromString(database.text("SELECT id FROM freshet_outbox"));
        Duration age = Duration.between(EventIds.time(id), Instant.now()).abs();
        assertTrue(age.compareTo(Duration.ofHours(1)) < 0, id.toString());
        String columns = String.join(
                ", ", OutboxColumn.names().subList(1, OutboxColumn.names().size()));
        String byHand = database.text("SELECT (" + columns + ", txid > '0'::xid8)::text FROM freshet_outbox");
        database.execute("DELETE FROM freshet_outbox");
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            outbox.publish(
                    connection,
                    Event.builder("order-events", "order-placed")
                            .key("4711")
                            .header("tenant", "a")
                            .payload("{\"order\": \"4711\"}".getBytes(StandardCharsets.UTF_8), "application/json")
                            .build());
            connection.commit();
        }
        assertEquals(
                byHand.replace(": ", ":"),
                database.text("SELECT (" + columns + ", txid > '0'::xid8)::text FROM freshet_outbox")
                        .replace(": ", ":"));
    }

    @Test
    void columns_areThoseOfTheTable() throws Exception {
        assertEquals(
                OutboxColumn.names(), found("(?m)^\\| `(id|stream|event_\\w+|content_type|headers|payload\\w*)` \\|"));
    }

    @Test
    void migrationAndLibrary_areThere() throws Exception {
        ClassLoader classes = Objects.requireNonNull(SqlOutbox.class.getClassLoader());
        List<String> files = found("`(dev/freshet/outbox/[\\w/-]+\\.sql)`");
        assertTrue(files.contains(Dialect.POSTGRESQL.migration()), files.toString());
        for (String file : files) {
            assertNotNull(classes.getResource(file), file);
        }
        String own = Files.readString(Path.of("pom.xml"));
        for (String coordinate : found("(<(?:groupId|artifactId|version)>[^<]+<)")) {
            assertTrue(own.contains(coordinate), coordinate);
        }
    }
}
