package dev.freshet.embedded;

/** The check that both servers' builders share. */
final class PortNumbers {

    private PortNumbers() {}

    static int check(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port is " + port + "; allowed are 1 to 65535");
        }
        return port;
    }
}
