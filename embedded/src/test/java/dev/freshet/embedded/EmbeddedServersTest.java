package dev.freshet.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class EmbeddedServersTest {

    @Test
    void bothServeClients_andTemporaryFoldersGo() throws Exception {
        long began = System.nanoTime();
        Path kafkaFolder;
        Path postgresFolder;
        try (EmbeddedServers servers = EmbeddedServers.start()) {
            System.out.println("both up after " + (System.nanoTime() - began) / 1_000_000 + " ms");
            kafkaFolder = servers.kafka().directory();
            postgresFolder = servers.postgres().directory();
            for (long pid : List.of(servers.kafka().pid(), servers.postgres().pid())) {
                System.out.println(Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                        .filter(l -> l.startsWith("VmRSS"))
                        .toList());
                System.out.println(
                        Files.readString(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' '));
            }
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
}
