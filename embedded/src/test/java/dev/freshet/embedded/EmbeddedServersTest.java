package dev.freshet.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("servers")
class EmbeddedServersTest {

    @Test
    void bothServeClients_outsideTheTerminalsSession_andTemporaryFoldersGo() throws Exception {
        long began = System.nanoTime();
        Path kafkaFolder;
        Path postgresFolder;
        try (EmbeddedServers servers = EmbeddedServers.start()) {
            System.out.println("both up after " + (System.nanoTime() - began) / 1_000_000 + " ms");
            kafkaFolder = servers.kafka().directory();
            postgresFolder = servers.postgres().directory();
            assertNotEquals(
                    session(ProcessHandle.current().pid()),
                    session(servers.kafka().pid()));
            assertNotEquals(
                    session(ProcessHandle.current().pid()),
                    session(servers.postgres().pid()));
            try (Admin admin =
                    Admin.create(Map.of("bootstrap.servers", servers.kafka().bootstrapServers()))) {
                assertEquals(Set.of(), admin.listTopics().names().get());
                assertEquals(1, admin.describeCluster().nodes().get().size());
            }
            servers.postgres().createDatabase("shop");
            try (var connection = servers.postgres().connect("shop");
                    var result = connection.createStatement().executeQuery("show wal_level")) {
                result.next();
                assertEquals("logical", result.getString(1));
            }
        }
        assertFalse(Files.exists(kafkaFolder));
        assertFalse(Files.exists(postgresFolder));
    }

    // a terminal's Ctrl-C goes to all processes of its session's foreground group
    private static String session(long pid) throws Exception {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3];
    }
}
