package dev.freshet.embedded.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** PostgreSQL's data folder: made by {@code initdb}, configured by a {@code postgresql.conf} that is ours alone. */
public final class PostgresCluster {

    /** Before, programs looked for themselves by walking to their own folder and back, by names that may be closed to them. */
    private static final int STAYS_IN_ITS_FOLDER = 16;

    private static final int HAS_BUILTIN_LOCALE = 17;
    private static final int HAS_IO_METHOD = 18;

    private final Path data;
    private final Path binaries;
    private final int version;
    private final RunAs user;

    /**
     * Creates the view of a data folder.
     *
     * @throws IOException if this machine cannot run PostgreSQL; the message says why
     */
    public PostgresCluster(Path data) throws IOException {
        this.data = data;
        this.binaries = PostgresBinaries.unpacked();
        this.version = PostgresBinaries.majorVersion(binaries);
        this.user = RunAs.unprivileged();
    }

    /** Makes the cluster if the folder holds none; a folder that a killed {@code initdb} left half is made anew. */
    public void initialize(String superuser, String password, Path log) throws IOException, InterruptedException {
        if (isInitialized()) {
            return;
        }
        beginAnew();
        Path secret = Files.createTempFile("freshet-", "");
        try {
            Files.writeString(secret, password);
            user.own(secret);
            List<String> command = new ArrayList<>(List.of(
                    program("initdb"),
                    "--pgdata=" + reachableData(),
                    "--username=" + superuser,
                    "--pwfile=" + secret,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C"));
            if (version >= HAS_BUILTIN_LOCALE) {
                command.addAll(List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
            }
            run(log, command);
        } finally {
            Files.delete(secret);
        }
        Files.createFile(marker());
    }

    /**
     * Copies another cluster whose server runs, as its standby; a folder that was left half is made anew.
     *
     * @param primary the other's data folder
     * @param session a superuser's session of it
     */
    public void standBy(Path primary, Connection session) throws IOException, SQLException {
        beginAnew();
        new BaseBackup(primary, data, user).take(session);
        Files.createFile(marker());
    }

    /** Returns whether the folder holds a whole cluster. */
    public boolean isInitialized() {
        return Files.exists(marker());
    }

    /** The last file that is written of a new cluster. */
    private Path marker() {
        return data.resolveSibling("initialized");
    }

    private void beginAnew() throws IOException {
        if (Files.exists(data)) {
            ServerFolder.delete(data);
        }
        Files.createDirectory(data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        user.own(data);
    }

    /** Writes {@code postgresql.conf}: ours, with the user's settings over them. */
    public void configure(int port, Map<String, String> overrides) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>(defaults());
        settings.put("port", Integer.toString(port));
        settings.putAll(overrides);
        StringBuilder text = new StringBuilder("# written by Freshet at each start; ALTER SYSTEM stands over it\n");
        settings.forEach((name, value) -> text.append(name)
                .append(" = '")
                .append(value.replace("'", "''"))
                .append("'\n"));
        Path file = data.resolve("postgresql.conf");
        Files.writeString(file, text, StandardCharsets.UTF_8);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    /**
     * Copies certificate and key into the data folder, where the server may read them.
     *
     * @return the settings that name them
     */
    public Map<String, String> secure(Path certificate, Path key) throws IOException {
        copyForServer(certificate, "server.crt");
        copyForServer(key, "server.key");
        return Map.of("ssl", "on", "ssl_cert_file", "server.crt", "ssl_key_file", "server.key");
    }

    private void copyForServer(Path file, String name) throws IOException {
        Path copy = data.resolve(name);
        Files.deleteIfExists(copy);
        Files.createFile(copy, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(copy, Files.readAllBytes(file));
        user.own(copy);
    }

    /** The command that runs the server, in {@link #workingDirectory()}. */
    public List<String> command() throws IOException {
        return user.command(List.of(program("postgres"), "-D", reachableData()));
    }

    /** Where PostgreSQL's programs have to be started. */
    public Path workingDirectory() {
        return data;
    }

    // The user that root's PostgreSQL runs as cannot pass through, say, /root to a data folder below it. Its processes
    // start inside the folder, and Linux lets everyone name their own working directory.
    private String reachableData() throws IOException {
        if (user.reaches(data)) {
            return data.toString();
        }
        if (version < STAYS_IN_ITS_FOLDER) {
            throw new IOException("root runs PostgreSQL as another user, who cannot pass through to " + data
                    + ", and PostgreSQL " + version + " cannot do without: let everybody enter the folders above it"
                    + " (chmod o+x), take another folder, or run as another user");
        }
        return "/proc/self/cwd";
    }

    private String program(String name) {
        return binaries.resolve("bin").resolve(name).toString();
    }

    private void run(Path log, List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(user.command(command))
                .directory(data.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("LC_ALL", "C");
        int status = builder.start().waitFor();
        if (status != 0) {
            throw new IOException(Path.of(command.get(0)).getFileName() + " ended with status " + status
                    + ". The end of its output in " + log + ":\n" + new ServerLog(log).tail());
        }
    }

    private Map<String, String> defaults() {
        List<String> pairs = new ArrayList<>(List.of(
                "listen_addresses=127.0.0.1",
                // TCP only: a socket's path has to be shorter than a data folder's may be
                "unix_socket_directories=",
                "fsync=on",
                "wal_level=logical",
                "max_wal_senders=20",
                "max_replication_slots=20",
                "max_connections=200",
                "shared_buffers=64MB",
                "min_wal_size=64MB",
                "jit=off",
                "timezone=UTC",
                "lc_messages=C",
                "log_destination=stderr",
                "logging_collector=off",
                "log_line_prefix=%m [%p] %q%u@%d "));
        if (version >= HAS_IO_METHOD) {
            pairs.add("io_method=sync");
        }
        Map<String, String> settings = new LinkedHashMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            settings.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return settings;
    }
}
