package dev.freshet.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka and databases on small file systems, seen only by the processes of this test. */
@Tag("servers")
class FullDiskTest {
    private static final String MOUNTS =
            "for d in kafka source target; do mkdir -p $0/$d && mount -t tmpfs -o size=200m,mode=0711 none"
                    + " $0/$d || exit 77; done; exec \"$@\"";

    @TempDir
    private Path folder = Path.of("");

    @Test
    void fullDisks_areSaid_loseNothing_andAreGotOverWhenThereIsRoom() throws Exception {
        assumeTrue(
                mountsArePossible(),
                "skipped: only root can mount, in a name space of its own, the small disks to be filled");
        Path log = folder.resolve("log");
        Process child = new ProcessBuilder(
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        MOUNTS,
                        folder.toString(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FullDiskMain.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertTrue(child.waitFor(5, TimeUnit.MINUTES), () -> end(log));
            assertEquals(0, child.exitValue(), () -> end(log));
            assertTrue(end(log).contains("lost its work in its database: SQLSTATE 53100"), () -> end(log));
        } finally {
            child.destroyForcibly();
        }
    }

    private static boolean mountsArePossible() throws InterruptedException {
        try {
            return new ProcessBuilder("unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }

    private static String end(Path log) {
        try (Stream<String> lines = Files.lines(log)) {
            return String.join("\n", lines.toList());
        } catch (IOException e) {
            return e.toString();
        }
    }
}
