package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/** The Java examples of a page, each a record, compiled as they stand there. */
public final class PageExamples implements AutoCloseable {
    private static final Pattern EXAMPLE = Pattern.compile("(?s)```java\n(.*?record (\\w+).*?)\n```");

    private final URLClassLoader classes;

    private PageExamples(URLClassLoader classes) {
        this.classes = classes;
    }

    /** Compiles the examples of a page of docs/how-to into a folder. */
    public static PageExamples of(String page, Path folder) throws IOException {
        Matcher example = EXAMPLE.matcher(Files.readString(Path.of("..", "docs", "how-to", page)));
        while (example.find()) {
            Path source = Files.writeString(folder.resolve(example.group(2) + ".java"), example.group(1));
            String classPath = System.getProperty("java.class.path");
            assertEquals(
                    0,
                    ToolProvider.getSystemJavaCompiler()
                            .run(null, null, null, "-d", folder.toString(), "-cp", classPath, source.toString()));
        }
        return new PageExamples(new URLClassLoader(new URL[] {folder.toUri().toURL()}));
    }

    /** Returns the class of an example. */
    public Class<?> type(String name) throws ClassNotFoundException {
        return classes.loadClass(name);
    }

    /** Makes an example with its components. */
    public Object example(String name, Object... arguments) throws Exception {
        Constructor<?> constructor = type(name).getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        return constructor.newInstance(arguments);
    }

    /** Has an example place an order. */
    public static Object place(Object orders, String id) throws Exception {
        Method place = orders.getClass().getDeclaredMethod("place", String.class);
        place.setAccessible(true);
        return place.invoke(orders, id);
    }

    @Override
    public void close() throws IOException {
        classes.close();
    }
}
