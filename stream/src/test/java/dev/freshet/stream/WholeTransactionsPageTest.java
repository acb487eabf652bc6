package dev.freshet.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeTransactionsPageTest {
    private static final Pattern JAVA = Pattern.compile("(?s)```java\n(.*?)\n```");

    @Test
    void example_compiles(@TempDir Path folder) throws Exception {
        Matcher m = JAVA.matcher(Files.readString(Path.of("..", "docs", "how-to", "whole-transactions.md")));
        assertEquals(true, m.find());
        Path source = Files.writeString(folder.resolve("Bank.java"), m.group(1));
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-d",
                        folder.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "" + source);
        assertEquals(0, result);
    }
}
