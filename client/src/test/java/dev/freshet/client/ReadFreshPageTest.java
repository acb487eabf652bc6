package dev.freshet.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/how-to/read-fresh.md shows compiles, and the coordinates that it names are those of the modules. */
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

    /** A source text in memory. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("string:///Snippet.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    @Test
    void snippets_compile(@TempDir Path classes) throws Exception {
        List<MatchResult> snippets = all(Pattern.compile("(?s)```java\n(.*?)```"), page());
        assertEquals(1, snippets.size());
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter told = new StringWriter();
        List<JavaFileObject> sources = List.of(new Source(snippets.get(0).group(1)));
        boolean compiled = compiler.getTask(
                        told,
                        null,
                        null,
                        List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path")),
                        null,
                        sources)
                .call();
        assertTrue(compiled, told.toString());
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
