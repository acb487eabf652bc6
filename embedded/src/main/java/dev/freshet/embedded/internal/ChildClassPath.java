package dev.freshet.embedded.internal;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * The class path for Kafka's child process, taken from this JVM's own or from a folder with the jars of another Kafka.
 *
 * <p>Build tools shorten a JVM's class path to one jar whose manifest names the others; such jars are followed.
 */
public final class ChildClassPath {

    private static final String BROKER = "kafka/Kafka.class";

    private final List<Path> entries;

    private ChildClassPath(List<Path> entries) {
        this.entries = entries;
    }

    /**
     * Reads this JVM's class path.
     *
     * @throws IOException if Kafka's broker is not on it
     */
    public static ChildClassPath ofThisJvm() throws IOException {
        return of(System.getProperty("java.class.path", "")
                + File.pathSeparator
                + System.getProperty("surefire.test.class.path", ""));
    }

    /**
     * Takes all jars of a folder, behind what starts them: this module, and the logging that it speaks to.
     *
     * @throws IOException if the folder cannot be read or Kafka's broker is not in it
     */
    public static ChildClassPath ofFolder(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>(List.of(placeOf(KafkaMain.class), placeOf(LoggerFactory.class)));
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(f -> f.toString().endsWith(".jar")).sorted().forEach(entries::add);
        }
        return of(entries, "in the folder " + folder + ": name the folder 'libs' of a distribution of Kafka");
    }

    private static Path placeOf(Class<?> type) throws IOException {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IOException("The place of " + type + " is no file", e);
        }
    }

    static ChildClassPath of(String classPath) throws IOException {
        List<Path> entries = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            if (!entry.isEmpty()) {
                entries.add(Path.of(entry));
            }
        }
        return of(
                entries,
                "on the class path of this JVM (" + entries.size() + " entries): add org.apache.kafka:kafka_2.13 to the"
                        + " run-time dependencies, which freshet-embedded brings with it unless it is excluded");
    }

    private static ChildClassPath of(List<Path> entries, String whereItIsMissing) throws IOException {
        Deque<Path> open = new ArrayDeque<>();
        entries.forEach(e -> open.add(e.toAbsolutePath()));
        Set<Path> found = new LinkedHashSet<>();
        boolean broker = false;
        while (!open.isEmpty()) {
            Path entry = open.remove();
            if (Files.isDirectory(entry) && found.add(entry)) {
                broker |= Files.exists(entry.resolve(BROKER));
            } else if (Files.isRegularFile(entry) && found.add(entry)) {
                try (JarFile jar = new JarFile(entry.toFile())) {
                    broker |= jar.getEntry(BROKER) != null;
                    open.addAll(namedByManifest(entry, jar.getManifest()));
                }
            }
        }
        if (!broker) {
            throw new IOException("Kafka's broker is not " + whereItIsMissing);
        }
        return new ChildClassPath(new ArrayList<>(found));
    }

    private static List<Path> namedByManifest(Path jar, @org.jspecify.annotations.Nullable Manifest manifest) {
        String names = manifest == null ? null : manifest.getMainAttributes().getValue("Class-Path");
        List<Path> paths = new ArrayList<>();
        if (names != null) {
            for (String name : names.trim().split(" +", -1)) {
                URI uri = jar.toUri().resolve(name);
                if ("file".equals(uri.getScheme())) {
                    paths.add(Path.of(uri));
                }
            }
        }
        return paths;
    }

    /** The entries in order, absolute. */
    List<Path> entries() {
        return entries;
    }

    /** The text of an argument file for the {@code java} command: command lines stay short and can be read. */
    public String toArgumentFile() {
        List<String> texts = entries.stream().map(Path::toString).toList();
        String joined = String.join(File.pathSeparator, texts);
        return "-cp\n\"" + joined.replace("\\", "\\\\").replace("\"", "\\\"") + "\"\n";
    }
}
