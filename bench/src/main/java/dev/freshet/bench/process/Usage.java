package dev.freshet.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a process holds just now, as Linux tells it.
 *
 * @param megabytes memory (VmRSS)
 * @param peakMegabytes the most memory so far (VmHWM)
 * @param threads all of its threads, the JVM's own included
 */
public record Usage(double megabytes, double peakMegabytes, int threads) {
    private static final double KILOBYTES = 1024;

    /** Reads that of a process; empty if it has ended, or where there is no {@code /proc}. */
    static Optional<Usage> of(long pid) {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"));
            OptionalLong memory = number(lines, "VmRSS:");
            OptionalLong peak = number(lines, "VmHWM:");
            OptionalLong threads = number(lines, "Threads:");
            if (memory.isEmpty() || peak.isEmpty() || threads.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(
                    new Usage(memory.getAsLong() / KILOBYTES, peak.getAsLong() / KILOBYTES, (int) threads.getAsLong()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static OptionalLong number(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst();
    }
}
