package dev.freshet.cli;

import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import dev.freshet.server.config.HttpConfig;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option {@code -c}, which most commands have. */
final class ConfigurationOption {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            defaultValue = "freshet.yaml",
            description = "The configuration (default: ${DEFAULT-VALUE} in the current folder).")
    private Path file = Path.of("freshet.yaml");

    /** Creates the option for picocli to set. */
    ConfigurationOption() {}

    /** Creates it with a file that was given otherwise. */
    ConfigurationOption(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    /** Returns the folder for what a server of this file keeps. */
    Path dataFolder() {
        Path parent = file.toAbsolutePath().normalize().getParent();
        return (parent == null ? Path.of("").toAbsolutePath() : parent).resolve(".freshet");
    }

    /** Reads only the part of the file that tells where the server answers. */
    HttpConfig readHttp() {
        return ConfigurationFile.readHttp(file, System.getenv());
    }

    Configuration read() {
        return ConfigurationFile.read(file, System.getenv());
    }
}
