package dev.freshet.faults;

import dev.freshet.embedded.EmbeddedServer;

/** Kafka or a PostgreSQL. */
record ServerVictim(String name, EmbeddedServer server) implements Victim {
    @Override
    public void kill() {
        server.kill();
    }

    @Override
    public void start() {
        server.restart();
    }

    @Override
    public void freeze() {
        server.pause();
    }

    @Override
    public void thaw() {
        server.resume();
    }
}
