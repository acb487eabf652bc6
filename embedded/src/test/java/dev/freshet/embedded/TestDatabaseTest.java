package dev.freshet.embedded;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.junit.OnServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

@OnServers
class TestDatabaseTest {

    @Test
    void close_dropsSlotsThatAreStillRead(TestServers servers) throws Exception {
        TestDatabase database = servers.newDatabase();
        String name = database.name();
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY)",
                "CREATE PUBLICATION p FOR ALL TABLES",
                "SELECT pg_create_logical_replication_slot('" + name + "_read', 'pgoutput')",
                "SELECT pg_create_logical_replication_slot('" + name + "_idle', 'pgoutput')");
        try (Connection replication = replication(database)) {
            PGReplicationStream stream = replication
                    .unwrap(PGConnection.class)
                    .getReplicationAPI()
                    .replicationStream()
                    .logical()
                    .withSlotName(name + "_read")
                    .withSlotOption("proto_version", 1)
                    .withSlotOption("publication_names", "p")
                    .withStartPosition(LogSequenceNumber.valueOf(0))
                    .start();
            stream.readPending();
            assertEquals("1", count(servers, "pg_replication_slots WHERE active AND database = '" + name + "'"));
            assertEquals("2", count(servers, "pg_replication_slots WHERE database = '" + name + "'"));

            database.close();

            assertEquals("0", count(servers, "pg_replication_slots WHERE database = '" + name + "'"));
            assertEquals("0", count(servers, "pg_database WHERE datname = '" + name + "'"));
        }
        // a second time, as when JUnit closes what the test has closed
        database.close();
    }

    @Test
    void close_dropsForgottenSubscriptions(TestServers servers) throws Exception {
        TestDatabase source = servers.newDatabase();
        TestDatabase target = servers.newDatabase();
        for (TestDatabase database : List.of(source, target)) {
            database.execute("CREATE TABLE t (id int PRIMARY KEY)");
        }
        String slot = source.name() + "_slot";
        source.execute(
                "CREATE PUBLICATION p FOR ALL TABLES",
                "SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
        target.execute("CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port="
                + servers.postgres().port() + " dbname="
                + source.name() + " user=" + source.user() + " password=" + source.password()
                + "' PUBLICATION p WITH (create_slot = false, slot_name = '" + slot + "')");

        source.close();
        target.close();

        assertEquals("0", count(servers, "pg_subscription"));
        assertEquals("0", count(servers, "pg_replication_slots WHERE slot_name = '" + slot + "'"));
        assertEquals(
                "0", count(servers, "pg_database WHERE datname IN ('" + source.name() + "', '" + target.name() + "')"));
    }

    @Test
    void deleteTopics_takesThoseOfThePrefixAlone(TestServers servers, TopicPrefix mine) throws Exception {
        TopicPrefix other = servers.newPrefix();
        try (Admin admin = new KafkaProbe(servers.kafka()).admin()) {
            admin.createTopics(List.of(
                            new NewTopic(mine.name("orders"), 2, (short) 1),
                            new NewTopic(other.name("orders"), 2, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);

            // the broker shows what the controller has done a little later
            await().until(() -> topics(admin).containsAll(Set.of(mine.name("orders"), other.name("orders"))));

            servers.deleteTopics(other);

            await().until(() -> topics(admin).stream().noneMatch(topic -> topic.startsWith(other.value())));
            assertTrue(topics(admin).contains(mine.name("orders")));
        }
    }

    private static Set<String> topics(Admin admin) throws Exception {
        return admin.listTopics().names().get(30, TimeUnit.SECONDS);
    }

    private static Connection replication(TestDatabase database) throws Exception {
        Properties properties = new Properties();
        properties.put("user", database.user());
        properties.put("password", database.password());
        properties.put("replication", "database");
        properties.put("assumeMinServerVersion", "14");
        properties.put("preferQueryMode", "simple");
        return DriverManager.getConnection(database.jdbcUrl(), properties);
    }

    private static String count(TestServers servers, String from) throws Exception {
        try (Connection connection = servers.postgres().connect("postgres");
                var rows = connection.createStatement().executeQuery("SELECT count(*) FROM " + from)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
