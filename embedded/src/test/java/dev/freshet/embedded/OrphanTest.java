package dev.freshet.embedded;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.internal.ChildClassPath;
import dev.freshet.embedded.internal.RunAs;
import dev.freshet.embedded.internal.ServerFolder;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("servers")
class OrphanTest {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @TempDir
    private Path work;

    @Test
    void parentKilled_serversEndAndTemporaryFoldersGo() throws Exception {
        Parent parent = new Parent(List.of(), List.of());
        parent.process.destroyForcibly();
        parent.awaitServersGone();
        for (String folder : parent.folders) {
            await().atMost(Duration.ofSeconds(10)).until(() -> !Files.exists(Path.of(folder)));
        }
    }

    @Test
    void parentKilled_pausedServersEndAsWell() throws Exception {
        Parent parent = new Parent(List.of("-Dpaused=true"), List.of());
        parent.process.destroyForcibly();
        parent.awaitServersGone();
    }

    @Test
    void parentEndsWithoutClosing_serversEnd_andKeptDataServesTheNextParentAtOnce() throws Exception {
        List<String> kept = List.of(work.resolve(".freshet").toString());
        Parent first = new Parent(List.of(), kept);
        first.process.getOutputStream().close();
        assertEquals(0, first.process.waitFor());
        try (EmbeddedServers next = EmbeddedServers.start(Path.of(kept.get(0)))) {
            assertEquals(first.folders.get(0), next.kafka().directory().toString());
            next.postgres().connect("orphan").close();
        }
        first.awaitServersGone();
    }

    @Test
    void anOrdinaryUser_startsBothAsWell() throws Exception {
        Path shared = Files.createTempDirectory("freshet-user-test-");
        try {
            Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
            List<String> java = List.of(
                    JAVA.toString(),
                    "-Dfreshet.cache=" + shared.resolve("cache"),
                    "-Djava.io.tmpdir=" + shared,
                    "-cp",
                    readableClassPath(shared));
            List<String> asUser = RunAs.thisIsRoot() ? RunAs.unprivileged().command(java) : java;
            Parent parent = new Parent(asUser);
            assertNotEquals("uid 0", parent.user);
            parent.process.destroyForcibly();
            parent.awaitServersGone();
        } finally {
            ServerFolder.delete(shared);
        }
    }

    // the local repository may be where only root can read it
    private static String readableClassPath(Path target) throws Exception {
        String arguments = ChildClassPath.ofThisJvm().toArgumentFile();
        String[] entries = arguments
                .substring(arguments.indexOf('"') + 1, arguments.lastIndexOf('"'))
                .split(":", -1);
        List<String> copies = new ArrayList<>();
        for (int index = 0; index < entries.length; index++) {
            Path entry = Path.of(entries[index]);
            Path copy = target.resolve(index + "-" + entry.getFileName());
            copies.add(copy.toString());
            try (Stream<Path> files = Files.walk(entry)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Files.copy(
                            file,
                            file.equals(entry) ? copy : copy.resolve(entry.relativize(file)),
                            StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        return String.join(":", copies);
    }

    /** A JVM that runs {@link OrphanMain}. */
    private final class Parent {

        private final Process process;
        private final List<Long> pids;
        private final List<String> folders;
        private final String user;

        Parent(List<String> options, List<String> arguments) throws Exception {
            this(command(options), arguments.toArray(String[]::new));
        }

        Parent(List<String> java, String... arguments) throws Exception {
            List<String> command = new ArrayList<>(java);
            command.add(OrphanMain.class.getName());
            command.addAll(Arrays.asList(arguments));
            process = new ProcessBuilder(command)
                    .directory(work.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader output = process.inputReader();
            pids = words(output.readLine(), "pids ").map(Long::valueOf).toList();
            folders = words(output.readLine(), "folders ").toList();
            user = output.readLine();
            assertTrue(pids.size() > 3, "Kafka, PostgreSQL and its processes: " + pids);
            for (long pid : pids.subList(0, 2)) {
                assertTrue(ProcessHandle.of(pid).orElseThrow().isAlive());
            }
        }

        void awaitServersGone() {
            for (long pid : pids) {
                await("end of " + pid).atMost(Duration.ofSeconds(10)).until(() -> hasEnded(pid));
            }
        }
    }

    private static List<String> command(List<String> options) throws Exception {
        List<String> command = new ArrayList<>(List.of(JAVA.toString()));
        command.addAll(options);
        Path arguments = Files.createTempFile("freshet-orphan", ".args");
        arguments.toFile().deleteOnExit();
        Files.writeString(arguments, ChildClassPath.ofThisJvm().toArgumentFile());
        command.add("@" + arguments);
        return command;
    }

    private static Stream<String> words(String line, String start) {
        assertTrue(line != null && line.startsWith(start), line);
        return Arrays.stream(line.substring(start.length()).split(" ", -1));
    }

    // an orphan that has ended stays as a zombie where process 1 does not wait for it
    private static boolean hasEnded(long pid) throws Exception {
        Path status = Path.of("/proc/" + pid + "/stat");
        return !Files.exists(status)
                || Files.readString(status).replaceAll("(?s)^.*\\) ", "").startsWith("Z");
    }
}
