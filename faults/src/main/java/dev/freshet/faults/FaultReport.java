package dev.freshet.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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
 * @param events what became of the events that services published
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
        Events events,
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

    /**
     * The faults of a run.
     *
     * @param kills {@code kill -9}, and a new start
     * @param freezes a process was held and let go on
     * @param stalls the network of a process stood still
     * @param cuts it ended all connections and refused new ones
     * @param halfOpen it forgot its connections without telling either end
     */
    public record Faults(int kills, int freezes, int stalls, int cuts, int halfOpen) {
        /** Returns how many were of the network. */
        public int network() {
            return stalls + cuts + halfOpen;
        }

        /** Returns how many there were in all. */
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

    /**
     * Events, by the outbox table and by messages in the log.
     *
     * @param committed how many were committed
     * @param lost how many of them are in no topic
     * @param doubled how many are there again, or were never committed
     * @param disordered how many come after a later one of their key
     */
    public record Events(long committed, long lost, long doubled, long disordered) {
        long wrong() {
            return lost + doubled + disordered;
        }
    }

    /** Returns how many reads of whole transactions a run needs, so that it says something: one a second. */
    public long readsNeeded() {
        return seconds;
    }

    /** Returns how many states the copies of whole transactions must have shown: one every eight seconds. */
    public long statesNeeded() {
        return seconds / 8;
    }

    /** Returns whether nothing was lost, doubled, disordered, torn or claimed falsely, and enough has happened to say so. */
    public boolean good() {
        return differences + doubled + disordered + whole.torn() + falseClaims + refills + events.wrong() == 0
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
        if (events.committed() == 0) {
            missing.add("no event was published");
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
                "%d faults in %d s: %d kill -9, %d frozen and let go on; of the network %d stalled, %d cut, %d half open."
                        + " Seed %d.",
                faults.all(),
                seconds,
                faults.kills(),
                faults.freezes(),
                faults.stalls(),
                faults.cuts(),
                faults.halfOpen(),
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
        lines.add(String.format(
                Locale.ROOT,
                "Events: %,d committed, %d lost, %d doubled, %d out of order.",
                events.committed(),
                events.lost(),
                events.doubled(),
                events.disordered()));
        tooLittle().forEach(missing -> lines.add("  that is too little to say anything: " + missing));
        findings.forEach(f -> lines.add("  " + f));
        return lines;
    }

    /** Returns the report as one JSON object, without the examples. */
    public String json() {
        return String.format(
                Locale.ROOT,
                "{\"seed\":%d,\"good\":%b,\"seconds\":%d,\"faults\":%d,\"kills\":%d,\"freezes\":%d,\"network\":%d,"
                        + "\"stalls\":%d,\"cuts\":%d,\"halfOpen\":%d,"
                        + "\"transactions\":%d,\"applied\":%d,\"claims\":%d,\"longestGapMillis\":%d,\"differences\":%d,"
                        + "\"doubled\":%d,\"disordered\":%d,\"falseClaims\":%d,\"refills\":%d,"
                        + "\"torn\":%d,\"reads\":%d,\"states\":%d,"
                        + "\"events\":%d,\"eventsLost\":%d,\"eventsDoubled\":%d,\"eventsDisordered\":%d}",
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
                events.committed(),
                events.lost(),
                events.doubled(),
                events.disordered());
    }
}
