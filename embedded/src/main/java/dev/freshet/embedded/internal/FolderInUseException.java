package dev.freshet.embedded.internal;

import java.io.IOException;
import java.nio.file.Path;

/** A server has its data in the folder already. */
public final class FolderInUseException extends IOException {

    private static final long serialVersionUID = 1L;

    FolderInUseException(Path folder, String user) {
        super(folder + " is in use by " + user);
    }
}
