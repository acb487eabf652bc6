package dev.freshet.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.internal.ChildClassPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may have a kept folder: one server at a time, of whatever process; and folders that are none. */
@Tag("servers")
class DataFolderTest {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path work;

    private static void assertInUse(String user, EmbeddedServerBuilder<?, ?> second, Path folder) {
        Map<String, FileTime> before = settled(folder);
        DataFolderException refused = assertThrows(DataFolderException.class, second::start);
        assertTrue(refused.inUse(), refused.getMessage());
        assertTrue(
                refused.getMessage().startsWith("The folder " + folder + " is in use by " + user),
                refused.getMessage());
        assertEquals(1, refused.getMessage().lines().count());
        assertEquals(before, settled(folder), "nothing in it was touched");
    }

    // the files that only a start writes
    private static Map<String, FileTime> settled(Path folder) {
        Map<String, FileTime> times = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>)
                    files.filter(Files::isRegularFile).filter(f -> !f.toString().endsWith(".log"))::iterator) {
                times.put(file.getFileName().toString(), Files.getLastModifiedTime(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return times;
    }

    @Test
    void folderOfAnotherProcess_isRefusedWithItsPid_andFreeWhenThatIsKilled() throws Exception {
        Path kept = work.toRealPath().resolve(".freshet");
        Path arguments = Files.writeString(
                work.resolve("classpath.args"), ChildClassPath.ofThisJvm().toArgumentFile());
        Process holder = new ProcessBuilder(
                        JAVA.toString(), "@" + arguments, OrphanMain.class.getName(), kept.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            BufferedReader output = holder.inputReader();
            assertTrue(output.readLine().startsWith("pids "));
            String user = "process " + holder.pid() + ",";
            // twice: a refused attempt must not loosen the holder's hold
            for (int attempt = 0; attempt < 2; attempt++) {
                assertInUse(user, EmbeddedKafka.builder().directory(kept.resolve("kafka")), kept.resolve("kafka"));
                assertInUse(
                        user,
                        EmbeddedPostgres.builder().directory(kept.resolve("postgresql")),
                        kept.resolve("postgresql"));
            }
            String address =
                    EmbeddedKafka.runningIn(kept.resolve("kafka"), LIMIT).orElseThrow();
            assertTrue(address.startsWith("127.0.0.1:"), address);
        } finally {
            holder.destroyForcibly().waitFor();
        }
        EmbeddedServers.start(kept).close();
    }

    @Test
    void folderOfThisProcess_isRefusedUntilItsServerIsClosed() throws Exception {
        Path kept = work.toRealPath().resolve("kafka");
        try (EmbeddedKafka first = EmbeddedKafka.start(kept)) {
            for (int attempt = 0; attempt < 2; attempt++) {
                assertInUse(
                        "this process (pid " + ProcessHandle.current().pid() + ")",
                        EmbeddedKafka.builder().directory(work.resolve("kafka/../kafka")),
                        kept);
            }
            first.restart();
            assertEquals(Optional.of(first.bootstrapServers()), EmbeddedKafka.runningIn(kept, LIMIT));

            // the port of a folder's last run may be another Kafka's by now
            String port = first.bootstrapServers().substring("127.0.0.1:".length());
            Path other = Files.createDirectory(work.resolve("other"));
            Files.writeString(other.resolve("embedded.properties"), "cluster.id=another\nport=" + port + "\n");
            assertEquals(Optional.empty(), EmbeddedKafka.runningIn(other, Duration.ZERO));
        }
        EmbeddedKafka.start(kept).close();
    }

    @Test
    void failedStart_letsTheFolderGo() {
        EmbeddedKafka.Builder wrong =
                EmbeddedKafka.builder().directory(work.resolve("kafka")).property("log.segment.bytes", "many");
        assertThrows(ServerStartException.class, wrong::start);
        assertThrows(ServerStartException.class, wrong::start);
    }

    @Test
    void fileInTheWay_isNamed() throws IOException {
        Path file = Files.createFile(work.resolve("file"));
        for (Path folder : List.of(file, file.resolve("kafka"))) {
            DataFolderException failure = assertThrows(
                    DataFolderException.class, EmbeddedKafka.builder().directory(folder)::start);
            assertFalse(failure.inUse());
            assertTrue(
                    failure.getMessage().startsWith("The folder " + folder + " cannot hold the data"),
                    failure.getMessage());
            assertTrue(failure.getMessage().contains(file + " is a file"), failure.getMessage());
        }
        assertEquals(Optional.empty(), EmbeddedKafka.runningIn(work.resolve("nothing"), Duration.ZERO));
    }

    @Test
    void portThatIsNone_isNamedAndTheFolderLetGo() throws IOException {
        Path file = work.toRealPath().resolve("embedded.properties");
        for (String port : List.of("many", "65536", "-1")) {
            Files.writeString(file, "port=" + port);
            for (EmbeddedServerBuilder<?, ?> builder : List.of(EmbeddedKafka.builder(), EmbeddedPostgres.builder())) {
                DataFolderException failure = assertThrows(DataFolderException.class, builder.directory(work)::start);
                assertFalse(failure.inUse(), failure.getMessage());
                assertTrue(
                        failure.getMessage().contains(": the 'port' in " + file + " is '" + port + "' and no port"),
                        failure.getMessage());
            }
        }
    }
}
