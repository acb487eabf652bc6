package dev.freshet.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The reference document is what the declarations say; {@code -Dfreshet.docs.write=true} writes it anew. */
class ReferenceTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "reference", "configuration.md");

    @Test
    void referenceDocument_isWrittenFromTheDeclarations() throws IOException {
        if (Boolean.getBoolean("freshet.docs.write")) {
            Files.createDirectories(DOCUMENT.toAbsolutePath().getParent());
            Files.writeString(DOCUMENT, Reference.markdown());
        }
        assertEquals(
                Reference.markdown(),
                Files.readString(DOCUMENT),
                "docs/reference/configuration.md is not what the settings declare; write it anew with"
                        + " mvn -pl server -am test -Dtest=ReferenceTest -Dfreshet.docs.write=true"
                        + " -Dsurefire.failIfNoSpecifiedTests=false");
    }
}
