package dev.freshet.embedded.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hold on a folder where this process has the classes twice, and after a failure. */
class FolderLockTest {

    @TempDir
    private Path work = Path.of("");

    // the same classes from another loader, which know nothing of what ours hold
    private static URLClassLoader otherLoader() {
        URL[] classes = List.of(
                        ServerFolder.class.getProtectionDomain().getCodeSource().getLocation())
                .toArray(URL[]::new);
        return new URLClassLoader(classes, ClassLoader.getPlatformClassLoader());
    }

    private Object openBy(ClassLoader loader) throws ReflectiveOperationException {
        Method open = loader.loadClass(ServerFolder.class.getName()).getMethod("open", Path.class, String.class);
        return open.invoke(null, work, "kafka");
    }

    @Test
    void refusalInAnotherClassLoader_doesNotLoosenTheHold() throws Exception {
        try (URLClassLoader other = otherLoader()) {
            ServerFolder held = ServerFolder.open(work, "kafka");
            for (int attempt = 0; attempt < 2; attempt++) {
                Throwable refused = assertThrows(InvocationTargetException.class, () -> openBy(other))
                        .getCause();
                assertEquals(
                        FolderInUseException.class.getName(), refused.getClass().getName());
                assertEquals("in use", FolderProbe.probe(work));
            }
            held.discard();
            assertEquals("free", FolderProbe.probe(work));

            Object heldByOther = openBy(other);
            assertThrows(FolderInUseException.class, () -> ServerFolder.open(work, "kafka"));
            assertEquals("in use", FolderProbe.probe(work));
            heldByOther.getClass().getMethod("discard").invoke(heldByOther);
            ServerFolder.open(work, "kafka").discard();
            assertEquals("free", FolderProbe.probe(work));
        }
    }

    @Test
    void folderThatCannotBeRead_isLetGo() throws Exception {
        Path file = Files.writeString(work.resolve("embedded.properties"), "port=\\u12");
        for (int attempt = 0; attempt < 2; attempt++) {
            IOException e = assertThrows(IOException.class, () -> ServerFolder.open(work, "kafka"));
            assertEquals(
                    file.toRealPath() + " is no properties file (Malformed \\uxxxx encoding.): put back what was there",
                    e.getMessage());
            assertInstanceOf(IllegalArgumentException.class, e.getCause());
        }
        Files.delete(file);
        ServerFolder.open(work, "kafka").discard();
    }
}
