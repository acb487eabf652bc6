package dev.freshet.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a run of faults found.
 *
 * @param seed the seed that repeats it
 * @param faults how many faults there were
 * @param kills how many of them were {@code kill -9}
 * @param freezes how many held a process and let it go on
 * @param network how many were of the network
 * @param seconds how long the load wrote
 * @param transactions how many transactions it committed
 * @param applied how many changes the copies took, each counted by a trigger
 * @param claims how many times copies that claimed to be complete were compared with their source
 * @param longestGapMillis the longest time for which the copies were not complete
 * @param differences rows that source and copies do not share at the end
 * @param doubled effects that there were a second time
 * @param disordered effects that came after a newer one of their row
 * @param falseClaims rows that were missing or too old while the copies claimed to be complete
 * @param refills streams that were filled anew, which no fault gives a reason for
 * @param findings examples of what is wrong; empty if nothing is
 */
public record FaultReport(
        long seed,
        int faults,
        int kills,
        int freezes,
        int network,
        long seconds,
        long transactions,
        long applied,
        long claims,
        long longestGapMillis,
        long differences,
        long doubled,
        long disordered,
        long falseClaims,
        long refills,
        List<String> findings) {
    /** Copies the list. */
    public FaultReport {
        findings = List.copyOf(findings);
    }

    /** Returns whether nothing was lost, doubled, disordered or claimed falsely. */
    public boolean good() {
        return differences + doubled + disordered + falseClaims + refills == 0;
    }

    /** Returns the report in lines. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%d faults in %d s: %d kill -9, %d frozen and let go on, %d of the network. Seed %d.",
                faults,
                seconds,
                kills,
                freezes,
                network,
                seed));
        lines.add(String.format(
                Locale.ROOT,
                "%,d transactions, %,d effects on the copies; complete again after %.1f s at the most.",
                transactions,
                applied,
                longestGapMillis / 1000.0));
        lines.add(String.format(
                Locale.ROOT,
                "Differences %d, doubled effects %d, out of order %d, false claims %d (in %,d compared), refills %d.",
                differences,
                doubled,
                disordered,
                falseClaims,
                claims,
                refills));
        findings.forEach(f -> lines.add("  " + f));
        return lines;
    }

    /** Returns the report as one JSON object, without the examples. */
    public String json() {
        return String.format(
                Locale.ROOT,
                "{\"seed\":%d,\"good\":%b,\"seconds\":%d,\"faults\":%d,\"kills\":%d,\"freezes\":%d,\"network\":%d,"
                        + "\"transactions\":%d,\"applied\":%d,\"claims\":%d,\"longestGapMillis\":%d,\"differences\":%d,"
                        + "\"doubled\":%d,\"disordered\":%d,\"falseClaims\":%d,\"refills\":%d}",
                seed,
                good(),
                seconds,
                faults,
                kills,
                freezes,
                network,
                transactions,
                applied,
                claims,
                longestGapMillis,
                differences,
                doubled,
                disordered,
                falseClaims,
                refills);
    }
}
