package dev.freshet.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows of the embedded servers compiles; its first block of Java, of tokens, is a fragment. */
class ReadmeTest {
    @Test
    void testExamples_compile(@TempDir Path classes) throws Exception {
        List<String> snippets = Snippets.of(Files.readString(Path.of("..", "README.md")), "java", 3);
        assertEquals(List.of(), Snippets.thatDoNotCompile(snippets.subList(1, 3), classes));
    }
}
