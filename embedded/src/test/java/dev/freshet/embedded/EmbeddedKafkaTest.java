package dev.freshet.embedded;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.internal.Processes;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("servers")
class EmbeddedKafkaTest {

    private static EmbeddedKafka kafka;
    private static KafkaProbe probe;
    private static ServerSocket proxy;

    @BeforeAll
    static void start() throws Exception {
        proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        kafka = EmbeddedKafka.builder().proxied("OTHER", proxy.getLocalPort()).start();
        probe = new KafkaProbe(kafka);
    }

    @AfterAll
    static void close() throws Exception {
        kafka.close();
        proxy.close();
    }

    @AfterEach
    void resume() {
        kafka.resume();
    }

    @Test
    void transactions_areOn_inTheirSecondVersion() throws Exception {
        probe.createTopic("transactions");
        probe.write("transactions", true, "a", "b");
        probe.write("transactions", false, "aborted");
        probe.write("transactions", true, "c");
        assertEquals(List.of("a", "b", "c"), probe.readCommitted("transactions"));
        try (Admin admin = probe.admin()) {
            var features = admin.describeFeatures().featureMetadata().get(30, TimeUnit.SECONDS);
            var version = Objects.requireNonNull(features.finalizedFeatures().get("transaction.version"));
            assertEquals(2, version.maxVersionLevel());
        }
    }

    @Test
    void listenerOfAProxy_sendsItsClientsToTheProxy() throws Exception {
        Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + kafka.proxiedPort("OTHER")));
        try {
            admin.describeCluster();
            proxy.setSoTimeout(30_000);
            proxy.accept().close();
        } finally {
            admin.close(Duration.ZERO);
        }
        assertThrows(IllegalArgumentException.class, () -> kafka.proxiedPort("ANOTHER"));
        assertThrows(
                IllegalArgumentException.class, () -> EmbeddedKafka.builder().proxied("CLIENTS", 1));
    }

    @Test
    void killed_comesBackOnTheSamePortWithItsData() throws Exception {
        probe.createTopic("killed");
        probe.write("killed", true, "before");
        long pid = kafka.pid();
        String address = kafka.bootstrapServers();

        kafka.kill();
        assertFalse(kafka.isRunning());
        assertTrue(Processes.isGone(pid));
        assertTrue(kafka.death().isEmpty(), "a kill that was asked for is no death");
        assertThrows(EmbeddedException.class, kafka::pid);
        long began = System.nanoTime();
        kafka.restart();

        System.out.println("Kafka back after kill in " + (System.nanoTime() - began) / 1_000_000 + " ms");
        assertEquals(address, kafka.bootstrapServers());
        probe.write("killed", true, "after");
        assertEquals(List.of("before", "after"), probe.readCommitted("killed"));
    }

    @Test
    void paused_answersNothingUntilResumed() throws Exception {
        try (Admin admin = probe.admin()) {
            String id = admin.describeCluster().clusterId().get(30, TimeUnit.SECONDS);
            kafka.pause();
            assertTrue(kafka.isRunning());
            var answer = admin.describeCluster().clusterId();
            assertThrows(TimeoutException.class, () -> answer.get(2, TimeUnit.SECONDS));
            kafka.resume();
            assertEquals(id, answer.get(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void deathUnasked_isNoticedAndNamedWithTheEndOfTheLog() throws Exception {
        CompletableFuture<ServerDiedException> news = new CompletableFuture<>();
        kafka.onDeath(news::complete);
        long pid = kafka.pid();

        ProcessHandle.of(pid).orElseThrow().destroyForcibly();

        ServerDiedException died = news.get(10, TimeUnit.SECONDS);
        assertEquals("Kafka", died.server());
        assertEquals(137, died.exitStatus());
        assertTrue(died.getMessage().startsWith("Kafka (pid " + pid + ") ended unasked with exit status 137."));
        assertTrue(died.getMessage().contains(kafka.logFile().toString()));
        String lastLine = Files.readAllLines(kafka.logFile()).stream().reduce("", (a, b) -> b);
        assertTrue(died.getMessage().endsWith(lastLine), died.getMessage());
        assertEquals(
                "Kafka (pid " + pid + ") ended unasked with exit status 137; its log: " + kafka.logFile(),
                died.summary().replaceFirst("137: .*; its", "137; its"));
        assertEquals(died, kafka.death().orElseThrow());
        kafka.restart();
        assertTrue(kafka.death().isEmpty());
    }

    @Test
    void failedStart_saysWhyWithTheEndOfTheLog_andLeavesNothing() {
        EmbeddedKafka.Builder wrong = EmbeddedKafka.builder().property("log.segment.bytes", "many");
        ServerStartException failure = assertThrows(ServerStartException.class, wrong::start);
        assertTrue(failure.getMessage().contains("log.segment.bytes"), failure.getMessage());
        assertEquals(1, failure.summary().lines().count(), failure.summary());
        assertTrue(failure.summary().contains("log.segment.bytes"), failure.summary());
        assertTrue(failure.summary().endsWith("kafka.log"), failure.summary());
        Path folder = Path.of(failure.getMessage().replaceAll("(?s)^Kafka in (\\S+) .*", "$1"));
        assertTrue(folder.getFileName().toString().startsWith("freshet-kafka-"), failure.getMessage());
        assertFalse(Files.exists(folder));
    }

    @Test
    void keptFolder_isFoundAgain_afterStopAndAfterKill(@TempDir Path directory) throws Exception {
        String address;
        try (EmbeddedKafka first = EmbeddedKafka.start(directory.resolve("kafka"))) {
            address = first.bootstrapServers();
            new KafkaProbe(first).createTopic("kept");
            new KafkaProbe(first).write("kept", true, "one");
        }
        try (EmbeddedKafka second = EmbeddedKafka.start(directory.resolve("kafka"))) {
            assertEquals(address, second.bootstrapServers());
            new KafkaProbe(second).write("kept", true, "two");
            assertEquals(List.of("one", "two"), new KafkaProbe(second).readCommitted("kept"));
        }
    }

    @Test
    void takenPort_isLeftForAnotherUnlessItIsFixed() {
        int taken = Integer.parseInt(kafka.bootstrapServers().split(":", -1)[1]);
        EmbeddedKafka.Builder fixed = EmbeddedKafka.builder().port(taken);
        ServerStartException failure = assertThrows(ServerStartException.class, fixed::start);
        assertTrue(failure.getMessage().contains("Address already in use"), failure.getMessage());
    }

    @Test
    void closed_isNotRestarted() {
        EmbeddedKafka other = EmbeddedKafka.builder().heapMegabytes(256).start();
        long pid = other.pid();
        other.close();
        await().atMost(Duration.ofSeconds(5)).until(() -> Processes.isGone(pid));
        assertThrows(EmbeddedException.class, other::restart);
    }

    @Test
    void brokerOfAKilledParent_isWaitedFor(@TempDir Path directory) throws Exception {
        CompletableFuture<EmbeddedKafka> start;
        try (FileChannel orphan = FileChannel.open(
                directory.resolve("broker.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            orphan.lock();
            start = CompletableFuture.supplyAsync(() -> EmbeddedKafka.start(directory));
            Path log = directory.resolve("kafka.log");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Files.exists(log) && Files.readString(log).contains("waiting for its end"));
            assertFalse(Files.exists(directory.resolve("data")), "the data was touched");
        }
        start.get(60, TimeUnit.SECONDS).close();
    }
}
