package dev.freshet.examples.demo;

import dev.freshet.examples.shop.EventTables;
import dev.freshet.model.ConfigurationException;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** The configuration that the relay and the replica of the demonstration run by. */
final class DemoConfiguration {
    private DemoConfiguration() {}

    /**
     * Returns the port of the status; to be asked before anything is started, so that one that is taken is told at once.
     *
     * @param wanted the port, or 0 for a free one
     * @throws ConfigurationException if it cannot be had
     */
    static int httpPort(int wanted) {
        try (ServerSocket socket = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new ConfigurationException(
                    "--port " + wanted + " cannot be listened at: " + e.getMessage()
                            + "; choose another, or leave it out for a free one",
                    e);
        }
    }

    /**
     * Writes the file, whose tables are there.
     *
     * @param port where the status is served
     * @throws ConfigurationException if it cannot be written
     */
    static Configuration write(DemoServers servers, Path file, int port, DemoOptions options) throws SQLException {
        boolean outbox;
        try (Connection shop = servers.shop()) {
            outbox = EventTables.exists(shop, EventTables.OUTBOX);
        }
        String yaml = ShopCopies.yaml(
                servers.bootstrapServers(),
                servers.shopUrl(),
                servers.shippingUrl(),
                servers.password(),
                port,
                options.kill(),
                options.publish(),
                outbox);
        try {
            // made anew, since it holds passwords: what stands there may be open to others
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new ConfigurationException("--data: the configuration cannot be written: " + e, e);
        }
        return ConfigurationFile.parse(file.toString(), yaml, Map.of());
    }
}
