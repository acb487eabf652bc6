package dev.freshet.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.outbox.PageExamples;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
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
    private static final Path PAGE = Path.of("..", "docs", "how-to", "publish-without-a-relay.md");

    private static void place(Object orders, String id) throws Exception {
        Method place = orders.getClass().getDeclaredMethod("place", String.class);
        place.setAccessible(true);
        place.invoke(orders, id);
    }

    @Test
    void example_sendsWhatIsCommitted_andNothingElse(EmbeddedKafka kafka, TestDatabase database, @TempDir Path folder)
            throws Exception {
        database.execute("CREATE TABLE orders (id text PRIMARY KEY)");
        DataSource table = World.table(database);
        try (World world = new World(kafka.bootstrapServers(), "shop");
                URLClassLoader examples = PageExamples.compile(PAGE, folder)) {
            world.makeTopic("shop.order-events", Map.of());
            Class<?> example = examples.loadClass("DirectOrders");
            Method make = example.getDeclaredMethod("publisher", String.class, DataSource.class);
            make.setAccessible(true);
            try (DirectPublisher direct = (DirectPublisher) make.invoke(null, kafka.bootstrapServers(), table)) {
                Constructor<?> constructor = example.getDeclaredConstructors()[0];
                constructor.setAccessible(true);
                Object orders = constructor.newInstance(table, direct);
                place(orders, "1");
                assertThrows(InvocationTargetException.class, () -> place(orders, "1"), "it is there already");
                place(orders, "2");
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
