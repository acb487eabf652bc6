package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The reference document is what the commands say; {@code -Dfreshet.docs.write=true} writes it anew. */
class CommandReferenceTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "reference", "commands.md");

    private static String markdown() {
        StringBuilder out = new StringBuilder("# Command reference\n\n"
                + "<!-- Written from the commands' own help; a test compares it. Do not edit. -->\n\n"
                + "In a clone `export PATH=$PWD:$PATH` makes `freshet` a command; it builds what it needs on first use.\n"
                + "`freshet bench --help` tells of the measurements, `freshet soak --help` of faults under load,\n"
                + "`freshet simulate --help` of the protocol's model.\n");
        CommandLine line = FreshetCommand.commandLine(InputStream.nullInputStream());
        append(out, "freshet", line);
        line.getSubcommands().forEach((name, command) -> {
            if (!name.equals("help")) {
                append(out, "freshet " + name, command);
                command.getSubcommands().forEach((sub, of) -> append(out, "freshet " + name + ' ' + sub, of));
            }
        });
        return out.toString();
    }

    private static void append(StringBuilder out, String title, CommandLine command) {
        String usage = command.getUsageMessage(CommandLine.Help.Ansi.OFF).stripTrailing();
        out.append("\n## `").append(title).append("`\n\n```text\n");
        usage.lines().forEach(l -> out.append(l.stripTrailing()).append('\n'));
        out.append("```\n");
    }

    @Test
    void referenceDocument_isWrittenFromTheCommands() throws IOException {
        String now = markdown();
        if (Boolean.getBoolean("freshet.docs.write")) {
            Files.writeString(DOCUMENT, now);
        }
        assertEquals(
                now,
                Files.readString(DOCUMENT),
                "docs/reference/commands.md is not what the commands say; write it anew with"
                        + " mvn -pl cli -am test -Dtest=CommandReferenceTest -Dfreshet.docs.write=true"
                        + " -Dsurefire.failIfNoSpecifiedTests=false");
    }
}
