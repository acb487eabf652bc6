package dev.freshet.embedded.internal;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The main class of Kafka's child process: formats the data folder where that has not happened yet, then runs the
 * broker, in one JVM instead of two. Kafka's classes are called by name, so that nothing of this module needs Scala to
 * be compiled.
 */
public final class KafkaMain {

    private KafkaMain() {}

    /**
     * Runs the broker until it is told to end.
     *
     * @param arguments the {@code server.properties} file and the cluster id
     */
    public static void main(String[] arguments) throws ReflectiveOperationException, IOException {
        String configuration = arguments[0];
        String clusterId = arguments[1];
        FileChannel sole = awaitSole(Path.of(configuration).resolveSibling("broker.lock"));
        Method format =
                Class.forName("kafka.tools.StorageTool").getMethod("execute", String[].class, PrintStream.class);
        Object status = format.invoke(
                null,
                new String[] {"format", "--cluster-id", clusterId, "--config", configuration, "--ignore-formatted"},
                System.out);
        if (!Integer.valueOf(0).equals(status)) {
            throw new IllegalStateException("StorageTool could not format the folder: status " + status);
        }
        Class.forName("kafka.Kafka").getMethod("main", String[].class).invoke(null, (Object)
                new String[] {configuration});
        sole.close();
    }

    // The broker of a Freshet that was killed ends moments after it. Until then the data is its own, and Kafka itself
    // would not notice: as broker and controller in one it reads and mends its metadata before it takes its own lock.
    private static FileChannel awaitSole(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            System.out.println("Another broker still has its data in " + file.getParent() + "; waiting for its end");
            channel.lock();
        }
        return channel;
    }
}
