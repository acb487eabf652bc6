package dev.freshet.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.copy.CopyTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/how-to/read-fresh.md shows compiles, and its statement and coordinates are those of the modules. */
class ReadFreshPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern COORDINATES = Pattern.compile(
            "<groupId>(.+)</groupId>\\s+<artifactId>(freshet-(.+))</artifactId>\\s+<version>(.+)</version>");

    private static List<MatchResult> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/how-to/read-fresh.md"));
    }

    @Test
    void snippets_compile(@TempDir Path classes) throws Exception {
        assertEquals(List.of(), Snippets.thatDoNotCompile(Snippets.of(page(), "java", 1), classes));
    }

    @Test
    void tokenStatement_isTheOneOfTheLibrary() throws Exception {
        List<String> statements = Snippets.of(page(), "sql", 3);
        assertEquals(CopyTables.TAKE_TOKEN, statements.get(0));
    }

    @Test
    void coordinates_areThoseOfTheModules() throws Exception {
        String parent = Files.readString(ROOT.resolve("pom.xml"));
        List<MatchResult> named = all(COORDINATES, page());
        assertEquals(2, named.size());
        for (MatchResult c : named) {
            String own = Files.readString(ROOT.resolve(c.group(3)).resolve("pom.xml"));
            assertTrue(own.contains("<artifactId>" + c.group(2) + "</artifactId>"), c.group());
            assertTrue(own.contains("<groupId>" + c.group(1) + "</groupId>"), c.group());
            assertTrue(own.contains("<version>" + c.group(4) + "</version>"), c.group());
            assertTrue(parent.contains("<module>" + c.group(3) + "</module>"), c.group());
        }
    }
}
