package dev.freshet.embedded;

import dev.freshet.embedded.internal.ChildClassPath;
import dev.freshet.embedded.internal.ClusterSearch;
import dev.freshet.embedded.internal.KafkaMain;
import dev.freshet.embedded.internal.KafkaProperties;
import dev.freshet.embedded.internal.KafkaProperties.Listener;
import dev.freshet.embedded.internal.Ports;
import dev.freshet.embedded.internal.ServerFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Apache Kafka as one KRaft node, broker and controller in one, in a JVM of its own, reachable over loopback only.
 *
 * <p>It is the broker that everyone runs, with the settings that one node and many short-lived topics ask for: internal
 * topics with one replica and four partitions, no topics made unasked, no delay before a group's first rebalance, small
 * indexes, group sessions allowed from 1 s. Transactions are on, {@code transaction.version} is 2. Plaintext and without
 * authentication unless {@linkplain Builder#property set otherwise}: whoever is on this machine can use it.
 */
public final class EmbeddedKafka extends EmbeddedServer {

    private final ServerFolder folder;
    private final Builder settings;
    private int port;
    private int controllerPort;
    private final Map<String, Integer> proxiedPorts = new LinkedHashMap<>();

    private EmbeddedKafka(ServerFolder folder, Builder settings) throws IOException {
        super("Kafka", folder, settings.startLimit());
        this.folder = folder;
        this.settings = settings;
        this.port = folder.port("port", settings.fixedPort());
        this.controllerPort = folder.port("controller.port", 0);
        for (String listener : settings.proxied.keySet()) {
            proxiedPorts.put(listener, folder.port("port." + listener, 0));
        }
    }

    /** Starts a node whose data is kept in the folder, with all defaults, and returns when it serves clients. */
    public static EmbeddedKafka start(Path directory) {
        return builder().directory(directory).start();
    }

    /** Settings for a node; without any it lives in a temporary folder. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Finds the node that runs with its data in a folder, whichever process has started it: the one that answers as the
     * folder's cluster.
     *
     * @param limit how long to look for it, as it may just be starting
     * @return where it is reached; empty if it has not answered within the limit
     * @throws DataFolderException if what the node left there cannot be read
     */
    public static Optional<String> runningIn(Path directory, Duration limit) {
        try {
            return ClusterSearch.find(directory, limit);
        } catch (IOException e) {
            throw new DataFolderException(
                    "What is known of the Kafka in " + directory + " cannot be read: " + e.getMessage(), false, e);
        }
    }

    /** What clients set as {@code bootstrap.servers}; it stays the same over restarts. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /**
     * The loopback port behind a listener of {@link Builder#proxied}; it stays the same over restarts.
     *
     * @throws IllegalArgumentException if there is no such listener
     */
    public int proxiedPort(String listener) {
        Integer found = proxiedPorts.get(listener);
        if (found == null) {
            throw new IllegalArgumentException(
                    "No listener '" + listener + "'; those made by proxied() are " + proxiedPorts.keySet());
        }
        return found;
    }

    private List<Listener> listeners() {
        List<Listener> all = new ArrayList<>(List.of(new Listener("CLIENTS", port, port)));
        proxiedPorts.forEach((name, behind) ->
                all.add(new Listener(name, behind, Objects.requireNonNull(settings.proxied.get(name)))));
        return all;
    }

    @Override
    Launch prepare() throws IOException {
        Path home = folder.path();
        Path configuration = home.resolve("server.properties");
        KafkaProperties.write(configuration, home.resolve("data"), listeners(), controllerPort, settings.properties);
        if (folder.recall("cluster.id").isEmpty()) {
            folder.remember("cluster.id", Uuid.randomUuid().toString());
        }
        Path arguments = home.resolve("classpath.args");
        ChildClassPath classPath =
                settings.jars == null ? ChildClassPath.ofThisJvm() : ChildClassPath.ofFolder(settings.jars);
        Files.writeString(arguments, classPath.toArgumentFile());
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new Launch(
                List.of(
                        java.toString(),
                        "-Xmx" + settings.heapMegabytes + "m",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Dslf4j.provider=dev.freshet.embedded.internal.KafkaLogProvider",
                        "@" + arguments,
                        KafkaMain.class.getName(),
                        configuration.toString(),
                        folder.recall("cluster.id").orElseThrow()),
                home);
    }

    @Override
    boolean serves(String logOfThisRun) {
        return logOfThisRun.contains("Kafka Server started") && Ports.accepts(port);
    }

    @Override
    String stopSignal() {
        return "TERM";
    }

    @Override
    boolean choosePortsAgain() throws IOException {
        controllerPort = folder.port("controller.port", 0);
        for (String listener : settings.proxied.keySet()) {
            proxiedPorts.put(listener, folder.port("port." + listener, 0));
        }
        if (settings.fixedPort() == 0) {
            port = folder.port("port", 0);
        }
        return settings.fixedPort() == 0 || Ports.isFree(port);
    }

    /** Settings of an {@link EmbeddedKafka}. Not thread-safe. */
    public static final class Builder extends EmbeddedServerBuilder<EmbeddedKafka, Builder> {

        private final Map<String, String> properties = new LinkedHashMap<>();
        private final Map<String, Integer> proxied = new LinkedHashMap<>();
        private int heapMegabytes = 384;
        private @Nullable Path jars;

        private Builder() {
            super("kafka");
        }

        /** The broker's heap in megabytes. Default 384; below 128 it does not start. */
        public Builder heapMegabytes(int megabytes) {
            if (megabytes < 128) {
                throw new IllegalArgumentException("heapMegabytes is " + megabytes + "; Kafka needs 128 at least");
            }
            this.heapMegabytes = megabytes;
            return this;
        }

        /**
         * Runs the Kafka whose jars are in a folder, as in {@code libs} of its distribution: 4.0 or newer. By default it is
         * that of this JVM's class path.
         */
        public Builder jars(Path folder) {
            this.jars = folder;
            return this;
        }

        /**
         * Sets a broker property over the defaults, as in {@code server.properties}.
         *
         * <p>The listener for clients is named {@code CLIENTS}: {@code listener.security.protocol.map} as {@code
         * CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT}, with the properties of TLS and SASL beside it, secures it without a word
         * about ports.
         */
        public Builder property(String name, String value) {
            properties.put(name, value);
            return this;
        }

        /**
         * Adds a listener that is reached through a proxy: the node listens at {@link EmbeddedKafka#proxiedPort} and tells
         * clients to come to the proxy's port, where they also begin. Without it a client would go around a proxy, since
         * Kafka tells each one where to go.
         *
         * @param listener its name, in capitals, digits and {@code _}
         * @param proxyPort where the proxy listens on this machine
         */
        public Builder proxied(String listener, int proxyPort) {
            if (!listener.matches("[A-Z][A-Z0-9_]*") || listener.equals("CLIENTS") || listener.equals("CONTROLLER")) {
                throw new IllegalArgumentException("The listener's name is '" + listener
                        + "'; it must be of capitals, digits and '_', and not CLIENTS or CONTROLLER");
            }
            proxied.put(listener, PortNumbers.check(proxyPort));
            return this;
        }

        @Override
        Builder self() {
            return this;
        }

        @Override
        EmbeddedKafka create(ServerFolder folder) throws IOException {
            return new EmbeddedKafka(folder, this);
        }
    }
}
