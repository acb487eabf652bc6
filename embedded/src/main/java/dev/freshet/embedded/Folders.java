package dev.freshet.embedded;

import dev.freshet.embedded.internal.ServerFolder;
import java.io.IOException;
import java.nio.file.Path;

/** What is done with folders in which servers were. */
public final class Folders {
    private Folders() {}

    /**
     * Removes a folder with all that is in it, whatever else removes from it meanwhile.
     *
     * @throws IOException if something in it cannot be removed
     */
    public static void delete(Path folder) throws IOException {
        ServerFolder.delete(folder);
    }
}
