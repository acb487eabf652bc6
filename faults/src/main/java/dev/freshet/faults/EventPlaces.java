package dev.freshet.faults;

import dev.freshet.direct.DirectPublisher;
import dev.freshet.outbox.Dialect;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** What services need to publish: the tables of the migrations, and the topic that no relay makes. */
final class EventPlaces {
    private static final int PARTITIONS = 3;

    private EventPlaces() {}

    /** Makes them. */
    static void create(FaultWorld world) throws IOException, SQLException {
        try (Connection shop = world.source(Way.TABLE);
                Connection orders = world.source(Way.POLLED)) {
            ToldTable.create(shop);
            migrate(shop, Dialect.POSTGRESQL.migration());
            migrate(shop, DirectPublisher.migration(Dialect.POSTGRESQL));
            ToldTable.create(orders);
            migrate(orders, Dialect.POSTGRESQL.migration());
            migrate(orders, Dialect.POSTGRESQL.pollingMigration().orElseThrow());
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", world.bootstrapServers()))) {
            admin.createTopics(List.of(
                            new NewTopic(FaultSettings.topic(Way.DIRECT), Optional.of(PARTITIONS), Optional.empty())
                                    .configs(Map.of("max.message.bytes", FaultSettings.MOST_BYTES))))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IOException("Topic '" + FaultSettings.topic(Way.DIRECT) + "' could not be made", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while topics were made", e);
        }
    }

    private static void migrate(Connection c, String migration) throws SQLException, IOException {
        try (Statement s = c.createStatement();
                InputStream file = Objects.requireNonNull(
                        EventPlaces.class.getClassLoader().getResourceAsStream(migration))) {
            s.execute(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
