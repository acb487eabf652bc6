package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/** The Java examples of a page, each a record with its imports. */
public final class PageExamples {
    private static final Pattern EXAMPLE = Pattern.compile("(?s)```java\n(.*?record (\\w+).*?)\n```");

    private PageExamples() {}

    /** Compiles all examples of a page as they stand there, and returns their classes; the caller closes it. */
    public static URLClassLoader compile(Path page, Path folder) throws Exception {
        Matcher example = EXAMPLE.matcher(Files.readString(page));
        while (example.find()) {
            Path source = Files.writeString(folder.resolve(example.group(2) + ".java"), example.group(1));
            String classPath = System.getProperty("java.class.path");
            assertEquals(
                    0,
                    ToolProvider.getSystemJavaCompiler()
                            .run(null, null, null, "-d", folder.toString(), "-cp", classPath, source.toString()));
        }
        return new URLClassLoader(new URL[] {folder.toUri().toURL()});
    }
}
