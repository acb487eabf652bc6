package dev.freshet.embedded.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildClassPathTest {

    @TempDir
    private Path work;

    @Test
    void jarsThatAManifestNames_areFollowed() throws Exception {
        Path broker = jar("with space/broker.jar", "", "kafka/Kafka.class");
        Path booter = jar("booter.jar", "with%20space/broker.jar missing.jar", "some/Thing.class");
        assertEquals(
                List.of(booter, broker), ChildClassPath.of(booter.toString()).entries());
    }

    @Test
    void missingBroker_isNamedWithTheWayOut() throws Exception {
        Path other = jar("other.jar", "", "some/Thing.class");
        IOException failure = assertThrows(IOException.class, () -> ChildClassPath.of(other.toString()));
        assertTrue(failure.toString().contains("add org.apache.kafka:kafka_2.13"), failure.toString());
    }

    @Test
    void folderOfAnotherKafka_comesBehindWhatStartsIt() throws Exception {
        Path broker = jar("libs/broker.jar", "", "kafka/Kafka.class");
        List<Path> entries = ChildClassPath.ofFolder(work.resolve("libs")).entries();
        assertEquals(List.of(broker), entries.subList(2, entries.size()));
        Path empty = Files.createDirectory(work.resolve("empty"));
        IOException failure = assertThrows(IOException.class, () -> ChildClassPath.ofFolder(empty));
        assertTrue(failure.toString().contains(empty + ": name the folder 'libs'"), failure.toString());
    }

    @Test
    void argumentFile_quotesWhatJavaWouldSplit() throws Exception {
        Path broker = jar("with space/broker.jar", "", "kafka/Kafka.class");
        assertEquals(
                "-cp\n\"" + broker + "\"\n",
                ChildClassPath.of(broker.toString()).toArgumentFile());
    }

    private Path jar(String name, String classPath, String entry) throws IOException {
        Path file = work.resolve(name);
        Files.createDirectories(file.getParent());
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (!classPath.isEmpty()) {
            manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
        }
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            out.putNextEntry(new ZipEntry(entry));
        }
        return file;
    }
}
