package dev.freshet.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** A process that dies between commit and send. */
@OnServers
class KilledTest {
    @Test
    void whatWasKept_isSentByTheNextProcess_andWhatWasInMemoryIsLost(TestDatabase database) throws Exception {
        DataSource table = World.table(database);
        database.execute("CREATE TABLE orders (id int PRIMARY KEY)");
        try (EmbeddedKafka kafka = EmbeddedKafka.builder().start();
                World world = new World(kafka.bootstrapServers(), "shop").makeTopic(Map.of())) {
            kafka.kill();
            Process service = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            KilledMain.class.getName(),
                            kafka.bootstrapServers(),
                            "shop",
                            database.jdbcUrl(),
                            database.user(),
                            database.password())
                    .inheritIO()
                    .start();
            try {
                assertTrue(service.waitFor(60, TimeUnit.SECONDS));
                assertEquals(7, service.exitValue());
            } finally {
                service.destroyForcibly();
            }
            assertEquals("1", database.text("SELECT count(*) FROM orders"));
            kafka.restart();
            try (DirectPublisher next = world.publisher().undelivered(table).build()) {
                World.until(() -> next.status().kept() == 0
                        && database.text("SELECT count(*) FROM freshet_undelivered")
                                .equals("0"));
            }
            assertEquals(IntStream.range(0, 10).mapToObj(i -> "" + i).toList(), world.values("a"));
            assertEquals(List.of(), world.values("b"), "this is the window that the documents name");
        }
    }
}
