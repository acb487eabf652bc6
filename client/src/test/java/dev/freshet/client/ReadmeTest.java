package dev.freshet.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows of the embedded servers compiles; its first blocks of Java, of tokens and of events, are fragments. */
class ReadmeTest {
    @Test
    void testExamples_compile(@TempDir Path classes) throws Exception {
        List<String> snippets = Snippets.of(Files.readString(Path.of("..", "README.md")), "java", 4);
        assertEquals(List.of(), Snippets.thatDoNotCompile(snippets.subList(2, 4), classes));
    }
}
