package dev.freshet.faults;

import java.util.List;

/**
 * What a run of faults found.
 *
 * @param seed the seed that repeats it
 * @param transactions how many transactions the load committed
 * @param killed who was killed, in order
 * @param differences each row that source and copies do not share; empty if they are equal
 */
public record FaultReport(long seed, long transactions, List<String> killed, List<String> differences) {
    /** Copies the lists. */
    public FaultReport {
        killed = List.copyOf(killed);
        differences = List.copyOf(differences);
    }
}
