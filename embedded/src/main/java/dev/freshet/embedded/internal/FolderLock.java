package dev.freshet.embedded.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * This process's exclusive hold on a folder. The operating system lets it go when the process ends, however it ends; the
 * file stays, with the process id of who held it last.
 *
 * <p>On POSIX a lock belongs to the process and falls when the process closes any channel of the file. So what this process
 * holds is noted here, and its file is never opened a second time; where another class loader of this process holds it,
 * which shows only once the file is open, the channel stays open.
 */
final class FolderLock implements AutoCloseable {

    private static final String FILE = "in-use.lock";
    private static final int PID_BYTES = 20;
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    // Channels of files on which another class loader's copy of this class has the lock, by the files' keys: to close
    // one, also by the garbage collector, would end that lock. The next attempt on the same file takes its channel
    // again.
    private static final Map<Object, FileChannel> KEPT_OPEN = new ConcurrentHashMap<>();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * Takes hold of a folder.
     *
     * @param folder its real path
     * @throws FolderInUseException if this or another process has hold of it
     * @throws IOException if the file cannot be written or the file system knows no locks
     */
    static FolderLock take(Path folder) throws IOException {
        if (!HELD.add(folder)) {
            throw ofThisProcess(folder);
        }
        try {
            return new FolderLock(folder, lock(folder));
        } catch (IOException | RuntimeException e) {
            HELD.remove(folder);
            throw e;
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel = open(folder.resolve(FILE));
        try {
            if (channel.tryLock() == null) {
                throw new FolderInUseException(folder, holder(channel));
            }
            channel.truncate(0);
            String pid = Long.toString(ProcessHandle.current().pid());
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            return channel;
        } catch (OverlappingFileLockException e) {
            KEPT_OPEN.put(key(folder.resolve(FILE)), channel);
            throw ofThisProcess(folder);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel open(Path file) throws IOException {
        FileChannel kept = Files.exists(file) ? KEPT_OPEN.remove(key(file)) : null;
        return kept != null
                ? kept
                : FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static Object key(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file : key;
    }

    private static FolderInUseException ofThisProcess(Path folder) {
        return new FolderInUseException(
                folder, "this process (pid " + ProcessHandle.current().pid() + ")");
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(PID_BYTES);
        channel.read(bytes, 0);
        String pid = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
        // the holder writes it just after it has got hold
        return pid.isEmpty() ? "another process" : "process " + pid;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        HELD.remove(folder);
    }
}
