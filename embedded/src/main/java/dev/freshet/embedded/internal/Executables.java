package dev.freshet.embedded.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the system's own programs without asking a shell. */
final class Executables {

    private Executables() {}

    /** The full path of a program in {@code PATH} or the folders where the system keeps its tools. */
    static Optional<String> find(String program) {
        String path = System.getenv("PATH");
        Stream<String> folders = Stream.concat(
                Stream.of((path == null ? "" : path).split(":", -1)),
                Stream.of("/usr/sbin", "/sbin", "/usr/bin", "/bin"));
        return folders.filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }
}
