package dev.freshet.examples.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** A block of lines that is drawn over itself, on a terminal. */
final class LiveView implements DemoView {
    private static final String CLEAR_LINE = "\u001b[2K";
    private static final int LEAST_WIDTH = 40;

    private final Terminal terminal;
    private final PrintWriter out;
    private int drawn;
    private int width;

    private LiveView(Terminal terminal, PrintWriter out) {
        this.terminal = terminal;
        this.out = out;
    }

    /**
     * Returns a live view if the process has a terminal that can do it.
     *
     * @param out writes to the terminal
     */
    static Optional<LiveView> open(PrintWriter out) {
        if (System.getenv("TERM") == null || "dumb".equals(System.getenv("TERM"))) {
            return Optional.empty();
        }
        try {
            // the provider that runs stty: the others load native code, which newer Javas warn about
            Terminal terminal = TerminalBuilder.builder()
                    .system(true)
                    .provider("exec")
                    // its own handlers would end the process on Ctrl-C, before copies are compared
                    .nativeSignals(false)
                    .dumb(false)
                    .build();
            if (terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
                terminal.close();
                return Optional.empty();
            }
            return Optional.of(new LiveView(terminal, out));
        } catch (IOException | IllegalStateException e) {
            // no terminal behind it: plain lines do as well
            return Optional.empty();
        }
    }

    @Override
    public void say(String line) {
        erase();
        out.println(line);
        out.flush();
    }

    @Override
    public void progress(String line) {
        draw(List.of("  " + line));
    }

    @Override
    public void show(DemoFigures figures) {
        draw(DemoText.block(figures));
    }

    private void draw(List<String> lines) {
        erase();
        int most = columns() - 1;
        for (String line : lines) {
            out.println(line.length() > most ? line.substring(0, most) : line);
        }
        drawn = lines.size();
        out.flush();
    }

    // the library closes its terminal by itself when the process is asked to end; the report is still to be shown then
    private int columns() {
        try {
            width = Math.max(LEAST_WIDTH, terminal.getColumns());
        } catch (IllegalStateException e) {
            width = Math.max(LEAST_WIDTH, width);
        }
        return width;
    }

    private void erase() {
        for (int i = 0; i < drawn; i++) {
            out.print("\u001b[1A" + CLEAR_LINE);
        }
        drawn = 0;
    }

    @Override
    public void close() {
        drawn = 0;
        out.flush();
        try {
            terminal.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The terminal could not be given back", e);
        }
    }
}
