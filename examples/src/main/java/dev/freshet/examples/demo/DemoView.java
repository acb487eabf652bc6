package dev.freshet.examples.demo;

/** Where the demonstration shows what happens. Belongs to one thread. */
interface DemoView extends AutoCloseable {
    /** Says something that stays. */
    void say(String line);

    /** Shows how far a piece of the preparation is; the next one takes its place. */
    void progress(String line);

    /** Shows the figures as they are now. */
    void show(DemoFigures figures);

    /** Leaves the last figures standing. */
    @Override
    void close();
}
