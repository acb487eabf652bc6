package dev.freshet.examples.demo;

import java.io.PrintWriter;

/** Lines one after the other, for where there is no terminal. */
final class PlainView implements DemoView {
    private static final long EVERY_NANOS = 5_000_000_000L;
    private static final long PROGRESS_NANOS = 2_000_000_000L;

    private final PrintWriter out;
    private long shownAt = System.nanoTime() - EVERY_NANOS;
    private long progressAt = System.nanoTime() - PROGRESS_NANOS;

    PlainView(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void say(String line) {
        out.println(line);
        out.flush();
    }

    @Override
    public void progress(String line) {
        if (System.nanoTime() - progressAt >= PROGRESS_NANOS) {
            progressAt = System.nanoTime();
            say("  " + line);
        }
    }

    @Override
    public void show(DemoFigures figures) {
        if (System.nanoTime() - shownAt >= EVERY_NANOS) {
            shownAt = System.nanoTime();
            say(DemoText.line(figures));
        }
    }

    @Override
    public void close() {
        out.flush();
    }
}
