package dev.freshet.embedded;

import org.jspecify.annotations.Nullable;

/**
 * An embedded server could not do what it was asked to. The message names the server, its folder and the way out.
 *
 * <p>Subclasses tell apart what a caller may want to: {@link DataFolderException}, {@link ServerStartException} and
 * {@link ServerDiedException}.
 */
public class EmbeddedException extends RuntimeException {

    private final String summary;

    /** Creates the exception. */
    public EmbeddedException(String message, @Nullable Throwable cause) {
        this(message, message, cause);
    }

    EmbeddedException(String message, String summary, @Nullable Throwable cause) {
        super(message, cause);
        this.summary = summary;
    }

    /** What happened in one line: of the server's log, where there is one, only the first error and where the file is. */
    public final String summary() {
        return summary;
    }

    /** What happened; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
