package dev.freshet.embedded;

import org.jspecify.annotations.Nullable;

/** The folder that a server is to keep its data in cannot be used. The message is one line: which, why, and the way out. */
public final class DataFolderException extends EmbeddedException {

    private final boolean inUse;

    DataFolderException(String message, boolean inUse, @Nullable Throwable cause) {
        super(message, cause);
        this.inUse = inUse;
    }

    /** Whether a server has its data there now, of this process or another; else it is no folder, or closed to us. */
    public boolean inUse() {
        return inUse;
    }
}
