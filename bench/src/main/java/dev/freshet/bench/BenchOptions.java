package dev.freshet.bench;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that all commands share. */
final class BenchOptions {
    @Option(
            names = "--json",
            description = "Print one JSON object a line: name, unit, ours, limit, limitIs, peers, ratioToLimit,"
                    + " ratioToPeers. Ratios are ours divided by the other.")
    boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    boolean help;

    @Option(names = "--only", paramLabel = "CASE", description = "Run only the cases whose name contains this.")
    @Nullable
    String only;
}
