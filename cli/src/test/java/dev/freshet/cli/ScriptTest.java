package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the script in the root says when something that it needs is not there. It builds nothing here. */
class ScriptTest {
    private static final Path SCRIPT = Path.of("..", "freshet").toAbsolutePath().normalize();

    @TempDir
    private Path folder = Path.of("");

    private record Ran(int exitCode, String text) {}

    private Ran run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("text").toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return new Ran(process.exitValue(), Files.readString(folder.resolve("text")));
    }

    private void program(Path file, String text) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }

    /** A clone with only the script and no build, so that it wants Maven. */
    private Path freshClone() throws IOException {
        Path made = Files.createDirectories(folder.resolve("clone"));
        Files.copy(SCRIPT, made.resolve("freshet"));
        assertTrue(made.resolve("freshet").toFile().setExecutable(true));
        Files.writeString(made.resolve("pom.xml"), "");
        return made;
    }

    @Test
    void script_isWellFormed() throws Exception {
        assertEquals(new Ran(0, ""), run(Map.of(), "sh", "-n", SCRIPT.toString()));
    }

    @Test
    void oldJava_isNamedWithTheWayOut() throws Exception {
        program(folder.resolve("jdk/bin/java"), "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2");
        Ran ran = run(
                Map.of("JAVA_HOME", folder.resolve("jdk").toString()),
                freshClone().resolve("freshet").toString(),
                "--version");
        assertEquals(1, ran.exitCode());
        assertTrue(ran.text().contains("is Java 11; it must be 17 or newer"), ran.text());
    }

    @Test
    void wrongJavaHome_isNamed() throws Exception {
        Ran ran = run(
                Map.of("JAVA_HOME", folder.resolve("nothing").toString()),
                freshClone().resolve("freshet").toString());
        assertEquals(1, ran.exitCode());
        assertTrue(ran.text().contains("there is no bin/java in it"), ran.text());
    }

    /** Other users than the one who built may not be able to enter Maven's repository. */
    @Test
    void built_nothingOutsideTheCloneIsNeeded() throws Exception {
        Path clone = freshClone();
        Path repository = Files.createDirectories(folder.resolve("repository"));
        Files.writeString(repository.resolve("library.jar"), "library");
        program(folder.resolve("jdk/bin/javac"), "");
        program(
                folder.resolve("jdk/bin/java"),
                "case $* in -version) echo 'openjdk version \"17\"' >&2 ;; *) echo \"$*\" ;; esac");
        program(
                folder.resolve("bin/mvn"),
                "case $1 in -v) echo 'Apache Maven 3.9.9' ;; *) mkdir -p cli/target; echo cli > cli/target/freshet-cli-1.jar;"
                        + " printf '" + repository.resolve("library.jar") + "' > cli/target/freshet.classpath ;; esac");
        Ran ran = run(
                Map.of("JAVA_HOME", folder.resolve("jdk").toString(), "PATH", folder.resolve("bin") + ":/usr/bin:/bin"),
                clone.resolve("freshet").toString(),
                "check");
        assertEquals(0, ran.exitCode(), ran.text());
        assertTrue(ran.text().contains("/library.jar"), ran.text());
        assertFalse(ran.text().contains(repository.toString()), ran.text());
        assertFalse(ran.text().contains("freshet.terminal"), "the output is a file");
    }

    @Test
    void oldMaven_isNamed() throws Exception {
        program(folder.resolve("bin/mvn"), "echo 'Apache Maven 3.6.3 (abc)'");
        Ran ran = run(
                Map.of(
                        "PATH",
                        folder.resolve("bin") + ":" + System.getenv("PATH"),
                        "JAVA_HOME",
                        System.getProperty("java.home")),
                freshClone().resolve("freshet").toString());
        assertEquals(1, ran.exitCode());
        assertTrue(ran.text().contains("Maven 3.6; building Freshet needs 3.8 or newer"), ran.text());
    }

    @Test
    void failedBuild_showsTheEndOfItsLogAndIsFoundThroughALink() throws Exception {
        program(
                folder.resolve("bin/mvn"),
                "[ \"$1\" = -v ] && echo 'Apache Maven 3.9.9 (abc)' && exit 0\n"
                        + "echo '[INFO] Building Freshet :: model 1 [1/9]'; echo '[ERROR] the compiler has fled'; exit 1");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("clone", "freshet"));
        freshClone();
        Ran ran = run(
                Map.of(
                        "PATH",
                        folder.resolve("bin") + ":" + System.getenv("PATH"),
                        "JAVA_HOME",
                        System.getProperty("java.home")),
                link.toString(),
                "--version");
        assertEquals(1, ran.exitCode());
        List<String> lines = ran.text().lines().toList();
        assertTrue(lines.contains("freshet:   building model"), ran.text());
        assertTrue(lines.contains("[ERROR] the compiler has fled"), ran.text());
    }
}
