package dev.freshet.replica.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.Socket;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;

class KeepAliveSocketsTest {
    @Test
    void peerThatIsSilentForTheLimit_isGivenUp() throws IOException {
        assertEquals(30, limit("30"), 2);
        assertEquals(4, limit("1"));
    }

    private static int limit(String seconds) throws IOException {
        try (Socket socket = new KeepAliveSockets(seconds).createSocket()) {
            return socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)
                    + socket.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT)
                            * socket.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL);
        }
    }
}
