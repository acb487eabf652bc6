package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.event.PublishedEvent;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Savepoint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@OnServers
class WalMessagesTest {
    private final SqlOutbox outbox = SqlOutbox.walMessages().build();

    private static Event placed(String key) {
        return Event.builder("orders", "order-placed")
                .key(key)
                .payload(Map.of("order", key))
                .header("tenant", "a")
                .build();
    }

    @Test
    void message_standsInTheLogIfItsTransactionCommits_howeverTheDriverSendsIt(TestDatabase database) throws Exception {
        for (String parameters : List.of("", "?preferQueryMode=simple", "?autosave=always")) {
            messagesStandInTheLog(
                    database, new Database(database.jdbcUrl() + parameters, database.user(), database.password()));
        }
    }

    private void messagesStandInTheLog(TestDatabase database, Database driver) throws Exception {
        TestLog log = TestLog.begin(database);
        try (Connection connection = driver.connect()) {
            connection.setAutoCommit(false);
            outbox.publish(connection, List.of(placed("1"), placed("2")));
            connection.commit();
            outbox.publish(connection, placed("3"));
            connection.rollback();
            Savepoint savepoint = connection.setSavepoint();
            outbox.publish(connection, placed("4"));
            connection.rollback(savepoint);
            outbox.publishAndCommit(connection, placed("5"));
            connection.rollback();
        }
        List<PublishedEvent> events = log.published();
        assertEquals(
                List.of("1", "2", "5"), events.stream().map(PublishedEvent::key).toList());
        assertEquals("{\"order\":\"5\"}", new String(events.get(2).payload(), StandardCharsets.UTF_8));
        assertEquals(Map.of("tenant", "a"), events.get(2).headers());
        database.execute("DROP PUBLICATION nothing");
    }
}
