package dev.freshet.embedded.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The user that PostgreSQL's processes run as. PostgreSQL refuses to run as root, so root runs it as {@code nobody};
 * everyone else runs it as themselves.
 */
public final class RunAs {

    private static final String UNPRIVILEGED = "nobody";

    private final List<String> prefix;

    private RunAs(List<String> prefix) {
        this.prefix = prefix;
    }

    /** Whether this JVM runs as root. */
    public static boolean thisIsRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException e) {
            // no /proc, as on macOS
            return "root".equals(System.getProperty("user.name"));
        }
    }

    /**
     * Finds out how to run as that user.
     *
     * @throws IOException if this is root and there is no way to run something as another user
     */
    public static RunAs unprivileged() throws IOException {
        if (!thisIsRoot()) {
            return new RunAs(List.of());
        }
        // both replace themselves by the command, so that its process id is the one that was started
        Optional<String> setpriv = Executables.find("setpriv");
        if (setpriv.isPresent()) {
            return new RunAs(List.of(
                    setpriv.get(),
                    "--reuid=" + UNPRIVILEGED,
                    "--regid=" + groupOf(UNPRIVILEGED),
                    "--clear-groups",
                    "--inh-caps=-all"));
        }
        Optional<String> chroot = Executables.find("chroot");
        if (chroot.isPresent()) {
            return new RunAs(List.of(
                    chroot.get(),
                    "--userspec=" + UNPRIVILEGED + ":" + groupOf(UNPRIVILEGED),
                    "--groups=",
                    "--skip-chdir",
                    "/"));
        }
        throw new IOException(
                "PostgreSQL refuses to run as root, and neither setpriv (util-linux) nor chroot (coreutils)"
                        + " is there to run it as " + UNPRIVILEGED + ": run as another user");
    }

    /** The command, to be run as that user. */
    public List<String> command(List<String> command) {
        List<String> line = new ArrayList<>(prefix);
        line.addAll(command);
        return line;
    }

    /** Gives a file or folder to that user. */
    public void own(Path path) throws IOException {
        if (!prefix.isEmpty()) {
            UserPrincipal user =
                    path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(UNPRIVILEGED);
            Files.getFileAttributeView(path, PosixFileAttributeView.class).setOwner(user);
        }
    }

    /** Whether that user can pass through all folders above this path. */
    public boolean reaches(Path path) throws IOException {
        if (prefix.isEmpty()) {
            return true;
        }
        for (Path folder = path.toRealPath().getParent(); folder != null; folder = folder.getParent()) {
            if (!Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return false;
            }
        }
        return true;
    }

    private static String groupOf(String user) throws IOException {
        for (String line : Files.readAllLines(Path.of("/etc/passwd"), StandardCharsets.UTF_8)) {
            String[] fields = line.split(":", -1);
            if (fields.length > 3 && fields[0].equals(user)) {
                return fields[3];
            }
        }
        throw new IOException("PostgreSQL refuses to run as root, and there is no user " + user
                + " in /etc/passwd to run it as: run as another user");
    }
}
