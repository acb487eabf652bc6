package dev.freshet.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.outbox.PageExamples;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/how-to/publish-without-a-relay.md, run as it stands there. */
@OnServers
class WithoutRelayPageTest {
    @Test
    void example_sendsWhatIsCommitted_andNothingElse(EmbeddedKafka kafka, TestDatabase database, @TempDir Path folder)
            throws Exception {
        database.execute("CREATE TABLE orders (id text PRIMARY KEY)");
        DataSource table = World.table(database);
        try (World world = new World(kafka.bootstrapServers(), "shop");
                PageExamples examples = PageExamples.of("publish-without-a-relay.md", folder)) {
            world.makeTopic("shop.order-events", Map.of());
            Class<?> example = examples.type("DirectOrders");
            Method make = example.getDeclaredMethod("publisher", String.class, DataSource.class);
            make.setAccessible(true);
            try (DirectPublisher direct = (DirectPublisher) make.invoke(null, kafka.bootstrapServers(), table)) {
                Object orders = examples.example("DirectOrders", table, direct);
                PageExamples.place(orders, "1");
                assertThrows(
                        InvocationTargetException.class, () -> PageExamples.place(orders, "1"), "it is there already");
                PageExamples.place(orders, "2");
            }
            List<String> sent = world.records("shop.order-events").stream()
                    .map(r -> World.text(r.key()) + World.text(r.value()))
                    .sorted()
                    .toList();
            assertEquals(List.of("1{\"id\":\"1\"}", "2{\"id\":\"2\"}"), sent);
            for (ConsumerRecord<byte[], byte[]> record : world.records("shop.order-events")) {
                assertEquals("/freshet/shop", World.header(record, "ce_source"));
            }
        }
    }
}
