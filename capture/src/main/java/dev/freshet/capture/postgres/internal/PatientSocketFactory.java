package dev.freshet.capture.postgres.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes sockets for the log's connection, whose shortest wait is longer than pgjdbc asks for.
 *
 * <p>pgjdbc looks for the next message by a read that waits one millisecond, which is fixed. Data ends the wait at once
 * either way, but a timer of one millisecond for each small packet costs more than reading it (on the virtual machine where
 * it was measured, 4 to 10 µs of processor time for a transaction of one row instead of about 1), and idle it means a
 * thousand wake-ups a second. Here such a read waits {@value #PATIENCE_MILLIS} ms. Other timeouts are left as they are, and TLS
 * sockets, which pgjdbc lays over these, pass theirs down.
 */
public final class PatientSocketFactory extends SocketFactory {
    /** How long a read waits for which pgjdbc asks for one millisecond. */
    public static final int PATIENCE_MILLIS = 20;

    /** Called by pgjdbc. */
    public PatientSocketFactory() {}

    @Override
    public Socket createSocket() {
        return new PatientSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return connected(new InetSocketAddress(address, port), new InetSocketAddress(localAddress, localPort));
    }

    private static Socket connected(InetSocketAddress remote, @Nullable InetSocketAddress local) throws IOException {
        Socket socket = new PatientSocket();
        try {
            if (local != null) {
                socket.bind(local);
            }
            socket.connect(remote);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static final class PatientSocket extends Socket {
        @Override
        public synchronized void setSoTimeout(int millis) throws SocketException {
            super.setSoTimeout(millis == 1 ? PATIENCE_MILLIS : millis);
        }
    }
}
