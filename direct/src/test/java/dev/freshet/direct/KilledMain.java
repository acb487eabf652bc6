package dev.freshet.direct;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;

/** A service whose Kafka is away: it has ten events kept, commits one more transaction, and dies before it sends. */
final class KilledMain {
    private KilledMain() {}

    public static void main(String[] args) throws Exception {
        DataSource database = World.dataSource(args[2], args[3], args[4]);
        try (World world = new World(args[0], args[1]);
                Connection connection = database.getConnection()) {
            DirectPublisher direct = world.publisher()
                    .retryFor(Duration.ofSeconds(1))
                    .undelivered(database)
                    .build();
            List<CompletionStage<Outcome>> stages = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                stages.add(direct.publish(World.order("a", "" + i)));
            }
            World.assertOutcomes(Outcome.KEPT, stages);
            DirectTransaction tx = direct.begin(connection);
            tx.publish(World.order("b", "lost"));
            connection.createStatement().execute("INSERT INTO orders VALUES (1)");
            tx.commit();
            Runtime.getRuntime().halt(7);
        }
    }
}
