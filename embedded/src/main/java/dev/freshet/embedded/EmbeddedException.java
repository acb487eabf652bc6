package dev.freshet.embedded;

import org.jspecify.annotations.Nullable;

/**
 * An embedded server could not do what it was asked to. The message names the server, its folder and the way out.
 *
 * <p>Subclasses tell apart what a caller may want to: {@link DataFolderException}, {@link ServerStartException} and
 * {@link ServerDiedException}.
 */
public class EmbeddedException extends RuntimeException {

    /** Creates the exception. */
    public EmbeddedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** What happened; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
