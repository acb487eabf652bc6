package dev.freshet.embedded.internal;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/**
 * Copies the data folder of a server that runs, by PostgreSQL's low-level backup functions (its manual, "Making a Base
 * Backup Using the Low Level API"), since {@code pg_basebackup} is not among the embedded programs.
 */
final class BaseBackup {
    private static final int HAS_SHORT_NAMES = 15;

    /** What belongs to the running server, or comes over the wire. */
    private static final Set<String> LEFT_OUT = Set.of("postmaster.pid", "postmaster.opts", "standby.signal");

    /** Folders of which the copy has its own contents. */
    private static final Set<String> EMPTY =
            Set.of("pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp");

    private final Path from;
    private final Path to;
    private final RunAs user;

    BaseBackup(Path from, Path to, RunAs user) {
        this.from = from;
        this.to = to;
        this.user = user;
    }

    /** Copies all; the session is used for nothing else. */
    void take(Connection session) throws IOException, SQLException {
        boolean shortNames = session.getMetaData().getDatabaseMajorVersion() >= HAS_SHORT_NAMES;
        try (Statement s = session.createStatement()) {
            s.execute(
                    shortNames
                            ? "SELECT pg_backup_start('freshet', true)"
                            : "SELECT pg_start_backup('freshet', true, false)");
            copy();
            try (ResultSet label = s.executeQuery(
                    shortNames
                            ? "SELECT * FROM pg_backup_stop(false)"
                            : "SELECT * FROM pg_stop_backup(false, false)")) {
                if (!label.next()) {
                    throw new IOException("The server ended the backup without a label");
                }
                write("backup_label", String.valueOf(label.getString(2)));
            }
        }
        write("standby.signal", "");
        Files.createDirectories(to.resolve("pg_wal"));
    }

    private void write(String name, String content) throws IOException {
        Path file = Files.writeString(to.resolve(name), content);
        user.own(file);
    }

    private void copy() throws IOException {
        Files.walkFileTree(from, new ChangingTreeVisitor() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Path copy = to.resolve(from.relativize(folder).toString());
                if (!copy.equals(to)) {
                    Files.createDirectory(copy);
                    Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(folder));
                    user.own(copy);
                }
                return EMPTY.contains(from.relativize(folder).toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!LEFT_OUT.contains(file.getFileName().toString())) {
                    Path copy = to.resolve(from.relativize(file).toString());
                    try {
                        Files.copy(file, copy);
                    } catch (NoSuchFileException gone) {
                        // dropped while the folder was copied, which the log tells the copy
                        return FileVisitResult.CONTINUE;
                    }
                    user.own(copy);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
