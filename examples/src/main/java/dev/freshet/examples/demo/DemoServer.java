package dev.freshet.examples.demo;

import dev.freshet.server.Server;
import dev.freshet.server.ServerStatus;

/** The relay and the replica of the demonstration. */
interface DemoServer extends AutoCloseable {
    /** What it says of itself, or said last. */
    ServerStatus status();

    @Override
    void close();

    /** One that runs in this process. */
    static DemoServer of(Server server) {
        return new DemoServer() {
            @Override
            public ServerStatus status() {
                return server.status();
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }
}
