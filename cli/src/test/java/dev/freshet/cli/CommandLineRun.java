package dev.freshet.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** What a command printed and how it ended, run in this process. */
record CommandLineRun(int exitCode, String out, String err) {
    static CommandLineRun of(String... args) {
        return answering("", args);
    }

    static CommandLineRun answering(String answer, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line =
                FreshetCommand.commandLine(new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)));
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        int code = line.execute(args);
        return new CommandLineRun(code, out.toString(), err.toString());
    }
}
