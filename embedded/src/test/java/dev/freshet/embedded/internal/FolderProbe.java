package dev.freshet.embedded.internal;

import java.io.IOException;
import java.nio.file.Path;

/** A process that tries to take hold of a folder, and prints whether that was possible. */
final class FolderProbe {

    private FolderProbe() {}

    public static void main(String[] arguments) throws IOException {
        try {
            ServerFolder.open(Path.of(arguments[0]), "probe").discard();
            System.out.println("free");
        } catch (FolderInUseException e) {
            System.out.println("in use");
        }
    }

    /** Runs it and returns what it printed. */
    static String probe(Path folder) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FolderProbe.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes()).strip();
        process.waitFor();
        return printed;
    }
}
