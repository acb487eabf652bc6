package dev.freshet.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The blocks of code in a page. */
final class Snippets {
    private Snippets() {}

    /** Returns a page's blocks of a language, each without the end of its last line; fails unless there are so many. */
    static List<String> of(String page, String language, int count) {
        List<String> found = Pattern.compile("(?s)```" + language + "\n(.*?)\n```")
                .matcher(page)
                .results()
                .map(m -> m.group(1))
                .toList();
        assertEquals(count, found.size(), () -> "blocks of " + language + ": " + found);
        return found;
    }

    /** Returns what the compiler says of those that do not compile, each by itself. */
    static List<String> thatDoNotCompile(List<String> snippets, Path classes) {
        List<String> failed = new ArrayList<>();
        for (String snippet : snippets) {
            StringWriter told = new StringWriter();
            boolean compiled = ToolProvider.getSystemJavaCompiler()
                    .getTask(
                            told,
                            null,
                            null,
                            List.of(
                                    "-proc:none",
                                    "-d",
                                    classes.toString(),
                                    "-cp",
                                    System.getProperty("java.class.path")),
                            null,
                            List.of(new Source(snippet)))
                    .call();
            if (!compiled) {
                failed.add(told.toString());
            }
        }
        return failed;
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
}
