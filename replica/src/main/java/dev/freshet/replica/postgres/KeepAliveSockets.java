package dev.freshet.replica.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Sockets on which a peer that has vanished without a word is missed after a limit, not after the two hours that Linux waits by
 * default: a session that waits for an answer sends nothing that could be missed. pgjdbc makes it by its name.
 */
public final class KeepAliveSockets extends SocketFactory {
    private static final int PROBES = 3;

    private final int limitSeconds;

    /**
     * Creates the factory.
     *
     * @param limitSeconds after how long without any sign of the peer a connection is given up, from 1; at least 4 s are
     *     waited
     */
    public KeepAliveSockets(String limitSeconds) {
        this.limitSeconds = Integer.parseInt(limitSeconds);
    }

    @Override
    public Socket createSocket() throws IOException {
        Socket socket = new Socket();
        int interval = Math.max(1, limitSeconds / (PROBES + 1));
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, interval);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, interval);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
        }
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(from, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(from, localPort));
    }

    private Socket connected(InetSocketAddress to, @Nullable InetSocketAddress from) throws IOException {
        Socket socket = createSocket();
        try {
            socket.bind(from);
            socket.connect(to);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
