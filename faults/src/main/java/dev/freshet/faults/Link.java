package dev.freshet.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network between two parts: a TCP proxy on loopback that can stand still, be cut, or lose its connections without a
 * word to either end.
 *
 * <p>Thread-safe. Each connection has two threads.
 */
final class Link implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int CONNECT_MILLIS = 2_000;
    private static final int BACKLOG = 128;

    /** What the network does. */
    enum State {
        /** It carries everything. */
        WHOLE,
        /** Connections stay, nothing passes; it goes on where it stopped. */
        STALLED,
        /** Connections are ended, new ones refused. */
        CUT,
        /** Nothing passes, and what is sent now or on today's connections never will: neither end is told. */
        LOSING
    }

    private final String name;
    private final ServerSocket listener;
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
    private State state = State.WHOLE;
    private int target;
    private boolean closed;

    private Link(String name, ServerSocket listener) {
        this.name = name;
        this.listener = listener;
    }

    /** Opens the near end; until {@link #to} is called, connections are ended at once. */
    static Link open(String name) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        Link link = new Link(name, listener);
        Thread thread = new Thread(link::accept, "link-" + name);
        thread.setDaemon(true);
        thread.start();
        return link;
    }

    String name() {
        return name;
    }

    /** Returns the port of the near end. */
    int port() {
        return listener.getLocalPort();
    }

    /** Leads new connections to this loopback port. */
    synchronized void to(int port) {
        target = port;
    }

    /** Changes what the network does. */
    synchronized void become(State next) {
        state = next;
        if (next == State.CUT) {
            pairs.forEach(Pair::close);
        } else if (next == State.LOSING) {
            pairs.forEach(Pair::lose);
        }
        notifyAll();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket near = listener.accept();
                Thread thread = new Thread(() -> connect(near), "link-" + name);
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                // closed, or a client that was gone again
                LOG.trace("{}: {}", name, e.getMessage());
            }
        }
    }

    private void connect(Socket near) {
        Socket far = new Socket();
        Pair pair = new Pair(near, far);
        try {
            int port;
            synchronized (this) {
                if (state == State.CUT || target == 0 || closed) {
                    pair.close();
                    return;
                }
                pairs.add(pair);
                if (state == State.LOSING) {
                    pair.lose();
                }
                port = target;
            }
            awaitPassage(pair);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            Thread back = new Thread(() -> carry(pair, far, near), "link-" + name);
            back.setDaemon(true);
            back.start();
            carry(pair, near, far);
        } catch (IOException e) {
            drop(pair);
        } catch (InterruptedException e) {
            drop(pair);
            Thread.currentThread().interrupt();
        }
    }

    private void carry(Pair pair, Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                awaitPassage(pair);
                out.write(buffer, 0, n);
            }
            awaitPassage(pair);
            drop(pair);
        } catch (IOException e) {
            if (!pair.isLost()) {
                drop(pair);
            }
        } catch (InterruptedException e) {
            drop(pair);
            Thread.currentThread().interrupt();
        }
    }

    /** Waits while nothing passes; on a lost connection until this proxy is closed. */
    private synchronized void awaitPassage(Pair pair) throws InterruptedException, IOException {
        while (!closed && (pair.isLost() || state == State.STALLED)) {
            wait();
        }
        if (closed) {
            throw new IOException("closed");
        }
    }

    private void drop(Pair pair) {
        pairs.remove(pair);
        pair.close();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The link " + name + " could not be closed", e);
        }
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        pairs.forEach(Pair::close);
    }

    /** The two sockets of a connection. */
    private static final class Pair {
        private final Socket near;
        private final Socket far;
        private volatile boolean lost;

        Pair(Socket near, Socket far) {
            this.near = near;
            this.far = far;
        }

        boolean isLost() {
            return lost;
        }

        void lose() {
            lost = true;
        }

        void close() {
            try (near;
                    far) {
                LOG.trace("closing {}", near);
            } catch (IOException e) {
                LOG.trace("already gone: {}", e.getMessage());
            }
        }
    }
}
