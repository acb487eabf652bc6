package dev.freshet.embedded;

import java.nio.file.Path;

/** A program that starts both servers and is then killed, or ends, in {@link OrphanTest}. */
final class OrphanMain {

    private OrphanMain() {}

    /** Starts the servers, prints their process ids and folders, and waits until its input ends. */
    public static void main(String[] arguments) throws Exception {
        EmbeddedServers servers =
                arguments.length == 0 ? EmbeddedServers.start() : EmbeddedServers.start(Path.of(arguments[0]));
        servers.postgres().createDatabase("orphan");
        if (Boolean.getBoolean("paused")) {
            servers.kafka().pause();
            servers.postgres().pause();
        }
        StringBuilder helpers = new StringBuilder();
        for (long helper : servers.postgres().helpers()) {
            helpers.append(' ').append(helper);
        }
        System.out.println(
                "pids " + servers.kafka().pid() + " " + servers.postgres().pid() + helpers);
        System.out.println("folders " + servers.kafka().directory() + " "
                + servers.postgres().directory());
        System.out.println("uid " + java.nio.file.Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        System.exit(System.in.read() < 0 ? 0 : 1);
    }
}
