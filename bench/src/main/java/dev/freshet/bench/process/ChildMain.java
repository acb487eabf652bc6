package dev.freshet.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The main class of a child: it makes the contender named by its argument and does what the parent writes to it, a
 * command a line ({@code set NAME VALUE}, {@code start}, {@code stop}), until its input ends.
 */
public final class ChildMain {
    static final String MARK = "@bench ";

    private final Contender contender;
    private final PrintStream answers;
    private final Map<String, String> values = new LinkedHashMap<>();

    private ChildMain(Contender contender, PrintStream answers) {
        this.contender = contender;
        this.answers = answers;
    }

    /** Runs the child. */
    public static void main(String[] args) throws Exception {
        PrintStream answers = System.out;
        // what a library prints must not look like an answer
        System.setOut(System.err);
        Contender contender = Class.forName(args[0])
                .asSubclass(Contender.class)
                .getConstructor()
                .newInstance();
        new ChildMain(contender, answers).obey();
        // a contender's threads may be no daemons, and the parent has gone or wants no more
        Runtime.getRuntime().halt(0);
    }

    private void obey() throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            try {
                obey(line);
            } catch (Exception e) {
                failed(e);
            }
        }
    }

    private void obey(String line) throws Exception {
        String[] words = line.split(" ", 3);
        switch (words[0]) {
            case "set" -> values.put(words[1], words[2]);
            case "start" -> {
                contender.start(Settings.of(values), new Answers());
                answer("ok");
            }
            case "stop" -> {
                contender.stop();
                answer("ok");
            }
            default -> throw new IllegalArgumentException("No such command: " + words[0]);
        }
    }

    private synchronized void answer(String text) {
        answers.println(MARK + text);
        answers.flush();
    }

    private void failed(Throwable cause) {
        cause.printStackTrace();
        answer("failed " + cause.toString().replace('\n', ' '));
    }

    private final class Answers implements Signals {
        @Override
        public void done(Instant first, Instant last, long rows) {
            answer("done " + first + ' ' + last + ' ' + rows);
        }

        @Override
        public void failed(Throwable cause) {
            ChildMain.this.failed(cause);
        }
    }
}
