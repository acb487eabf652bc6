package dev.freshet.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a run of faults found.
 *
 * @param seed the seed that repeats it
 * @param faults how many there were of each kind
 * @param seconds how long the load wrote
 * @param transactions how many transactions it committed
 * @param applied how many changes the copies took, each counted by a trigger
 * @param claims how many times copies that claimed to be complete were compared with their source
 * @param longestGapMillis the longest time for which the copies were not complete
 * @param whole what was read of the copies that show whole transactions only
 * @param events what became of the events that services published, by each way
 * @param differences rows that source and copies do not share at the end
 * @param doubled effects that there were a second time
 * @param disordered effects that came after a newer one of their row
 * @param falseClaims rows that were missing or too old while the copies claimed to be complete
 * @param refills streams that were filled anew, which no fault gives a reason for
 * @param findings examples of what is wrong; empty if nothing is
 */
public record FaultReport(
        long seed,
        Faults faults,
        long seconds,
        long transactions,
        long applied,
        long claims,
        long longestGapMillis,
        WholeReads whole,
        List<WayEvents> events,
        long differences,
        long doubled,
        long disordered,
        long falseClaims,
        long refills,
        List<String> findings) {
    /** Copies the lists. */
    public FaultReport {
        events = List.copyOf(events);
        findings = List.copyOf(findings);
    }

    /**
     * The faults of a run.
     *
     * @param kills {@code kill -9}, and a new start
     * @param freezes a process was held and let go on
     * @param stalls the network of a process stood still
     * @param cuts it ended all connections and refused new ones
     * @param halfOpen it forgot its connections without telling either end
     * @param betweenSteps how many times the service that publishes has ended itself between two steps, beside the other faults
     */
    public record Faults(int kills, int freezes, int stalls, int cuts, int halfOpen, int betweenSteps) {
        /** Returns how many were of the network. */
        public int network() {
            return stalls + cuts + halfOpen;
        }

        /** Returns how many others hit. */
        public int all() {
            return kills + freezes + network();
        }
    }

    /**
     * What was read of copies of which no reader may ever see half a transaction.
     *
     * @param reads how many times all of them were read
     * @param torn how many of these did not show what the source had after any of its transactions
     * @param states how many different states they showed, one after the other
     */
    public record WholeReads(long reads, long torn, long states) {}

    /** Returns how many events of each way a run needs: one every two seconds. */
    public long eventsNeeded() {
        return seconds / 2;
    }

    /** Returns how many reads of whole transactions a run needs, so that it says something: one a second. */
    public long readsNeeded() {
        return seconds;
    }

    /** Returns how many states the copies of whole transactions must have shown: one every eight seconds. */
    public long statesNeeded() {
        return seconds / 8;
    }

    /**
     * Returns whether nothing was lost, doubled, disordered, torn or claimed falsely, and enough has happened to say so; of events,
     * whether all is as their way promises.
     */
    public boolean good() {
        return differences + doubled + disordered + whole.torn() + falseClaims + refills == 0
                && events.stream().allMatch(e -> e.wrong() == 0)
                && tooLittle().isEmpty();
    }

    /** Returns what has happened too rarely for the rest to say anything, in words. */
    private List<String> tooLittle() {
        List<String> missing = new ArrayList<>();
        if (faults.all() == 0) {
            missing.add("no fault happened");
        }
        if (transactions == 0) {
            missing.add("the load committed nothing");
        }
        if (applied == 0) {
            missing.add("the copies took no change");
        }
        for (Way way : Way.values()) {
            if (events.stream().noneMatch(e -> e.way() == way && e.committed() >= eventsNeeded() && e.letters() > 0)) {
                missing.add("at least " + eventsNeeded() + " events by " + way.text()
                        + " are needed, and a dead letter among them");
            }
        }
        if (faults.betweenSteps() == 0) {
            missing.add("the service was never killed between two steps");
        }
        if (claims == 0) {
            missing.add("no copy claimed to be complete");
        }
        if (whole.reads() < readsNeeded() || whole.states() < statesNeeded()) {
            missing.add("at least " + readsNeeded() + " reads and " + statesNeeded() + " states are needed in "
                    + seconds + " s");
        }
        return missing;
    }

    /** Returns the report in lines. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%d faults in %d s: %d kill -9, %d frozen and let go on; of the network %d stalled, %d cut, %d half open;"
                        + " %d times the service ended between two steps. Seed %d.",
                faults.all(),
                seconds,
                faults.kills(),
                faults.freezes(),
                faults.stalls(),
                faults.cuts(),
                faults.halfOpen(),
                faults.betweenSteps(),
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
        lines.add(String.format(
                Locale.ROOT,
                "Whole transactions: torn reads %d, in %,d reads of %,d states.",
                whole.torn(),
                whole.reads(),
                whole.states()));
        events.forEach(e -> lines.add(e.line()));
        tooLittle().forEach(missing -> lines.add("  that is too little to say anything: " + missing));
        findings.forEach(f -> lines.add("  " + f));
        return lines;
    }

    /** Returns the report as one JSON object, without the examples. */
    public String json() {
        return String.format(
                Locale.ROOT,
                "{\"seed\":%d,\"good\":%b,\"seconds\":%d,\"faults\":%d,\"kills\":%d,\"freezes\":%d,\"network\":%d,"
                        + "\"stalls\":%d,\"cuts\":%d,\"halfOpen\":%d,\"betweenSteps\":%d,"
                        + "\"transactions\":%d,\"applied\":%d,\"claims\":%d,\"longestGapMillis\":%d,\"differences\":%d,"
                        + "\"doubled\":%d,\"disordered\":%d,\"falseClaims\":%d,\"refills\":%d,"
                        + "\"torn\":%d,\"reads\":%d,\"states\":%d,"
                        + "\"events\":{%s}}",
                seed,
                good(),
                seconds,
                faults.all(),
                faults.kills(),
                faults.freezes(),
                faults.network(),
                faults.stalls(),
                faults.cuts(),
                faults.halfOpen(),
                faults.betweenSteps(),
                transactions,
                applied,
                claims,
                longestGapMillis,
                differences,
                doubled,
                disordered,
                falseClaims,
                refills,
                whole.torn(),
                whole.reads(),
                whole.states(),
                events.stream().map(WayEvents::json).collect(Collectors.joining(",")));
    }
}
