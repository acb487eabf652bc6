package dev.freshet.bench.contender;

import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.CopyWatch;
import dev.freshet.bench.process.Child;
import dev.freshet.bench.process.Settings;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OnServers
class DebeziumWayTest {
    private static final String NAME = "debezium_way";

    @Test
    void way_copiesWhatWasThereAndWhatChangesAfterIt(
            EmbeddedKafka kafka, TestDatabase source, TestDatabase target, @TempDir Path folder) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                Connection from = source.connect();
                Connection to = target.connect();
                Child child = Child.launch(
                        "Debezium",
                        DebeziumWay.class,
                        List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"))) {
            admin.createTopics(List.of(new NewTopic(NAME, 1, (short) 1))).all().get();
            BenchTable.create(from, BenchTable.NAME);
            BenchTable.execute(from, "CREATE PUBLICATION " + NAME + " FOR TABLE " + BenchTable.NAME);
            BenchTable.insertAtOnce(from, 1, 10);
            child.start(settings(kafka, source, target, folder.resolve("offsets")));
            CopyWatch.await(from, to, "copy", 0, child::check);

            BenchTable.execute(
                    from,
                    "DO $$ BEGIN FOR i IN 1..500 LOOP UPDATE bench_row SET note = i::text WHERE id = 3; END LOOP;"
                            + " DELETE FROM bench_row WHERE id = 4; END $$");
            BenchTable.insertAtOnce(from, 11, 12);
            CopyWatch.await(from, to, "copy", 10, child::check);
            child.stop();
        }
    }

    private static Settings settings(EmbeddedKafka kafka, TestDatabase source, TestDatabase target, Path offsets) {
        return Settings.of(Map.of(Keys.KAFKA, kafka.bootstrapServers(), Keys.TOPIC, NAME, Keys.COPY, "copy"))
                .with(Keys.SOURCE_URL, source.jdbcUrl())
                .with(Keys.SOURCE_USER, source.user())
                .with(Keys.SOURCE_PASSWORD, source.password())
                .with(Keys.TARGET_URL, target.jdbcUrl())
                .with(Keys.TARGET_USER, target.user())
                .with(Keys.TARGET_PASSWORD, target.password())
                .with(Keys.TABLE, BenchTable.NAME)
                .with(Keys.PUBLICATION, NAME)
                .with(Keys.SLOT, NAME)
                .with(Keys.FILE, offsets.toString());
    }
}
