package dev.freshet.embedded.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a kept folder remembers, and that nothing that ends a write loses it. */
class ServerFolderTest {

    @TempDir
    private Path work = Path.of("");

    private ServerFolder folder;

    @BeforeEach
    void open() throws IOException {
        folder = ServerFolder.open(work, "postgresql");
        folder.remember("password", "secret");
    }

    @AfterEach
    void close() {
        folder.discard();
    }

    private Path file() {
        return work.resolve("embedded.properties");
    }

    private void reopen() throws IOException {
        folder.discard();
        folder = ServerFolder.open(work, "postgresql");
    }

    @Test
    void rememberedValues_areKeptForLaterRuns_byTheirOwnerAlone() throws IOException {
        folder.remember("port", "5432");
        folder.remember("port", "5433");
        reopen();
        assertEquals(Optional.of("secret"), folder.recall("password"));
        assertEquals(Optional.of("5433"), ServerFolder.recall(work, "port"));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
    }

    @Test
    void storedFile_isNeverWrittenTo_onlyReplaced() throws IOException {
        Path stored = Files.createLink(work.resolve("stored"), file());
        String before = Files.readString(stored);
        folder.remember("port", "5432");
        assertEquals(before, Files.readString(stored), "a kill at any moment leaves the old file or the new one");
    }

    @Test
    void unchangedValue_isNotWritten() throws IOException {
        reopen();
        Object key = Files.readAttributes(file(), BasicFileAttributes.class).fileKey();
        // so that the same inode could not be given out again
        Files.createLink(work.resolve("stored"), file());
        folder.remember("password", "secret");
        assertEquals(
                key, Files.readAttributes(file(), BasicFileAttributes.class).fileKey());
    }

    @Test
    void killWhileItWasWritten_doesNotHinderTheNextWrite() throws IOException {
        Files.writeString(work.resolve("embedded.properties.new"), "pass");
        folder.remember("port", "5432");
        reopen();
        assertEquals(Optional.of("secret"), folder.recall("password"));
        assertEquals(Optional.of("5432"), folder.recall("port"));
    }

    @Test
    void failedWrite_leavesWhatWasStored() throws IOException {
        Path inTheWay = Files.createDirectories(work.resolve("embedded.properties.new/full"));
        assertThrows(IOException.class, () -> folder.remember("password", "other"));
        assertEquals(Optional.of("secret"), folder.recall("password"));
        Files.delete(inTheWay);
        reopen();
        assertEquals(Optional.of("secret"), folder.recall("password"));
    }
}
