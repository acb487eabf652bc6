package dev.freshet.examples.demo;

import java.util.List;

/**
 * What a comparison of the shop's journal with shipping's events found.
 *
 * @param published events that the shop's database has committed in this run
 * @param arrived those of them that shipping has
 * @param lost those that it does not have
 * @param doubled how often the topic had one of them again
 * @param disordered those that came after a later one of their order
 * @param uncommitted events of the shop that have come in this run, and that its database never committed
 * @param others events that have come in this run and that the shop did not publish, such as those of somebody at the database
 * @param earlier events of earlier runs that shipping does not have
 * @param examples a few of what is wrong, for finding out why
 */
public record EventDifference(
        long published,
        long arrived,
        long lost,
        long doubled,
        long disordered,
        long uncommitted,
        long others,
        long earlier,
        List<String> examples) {
    /** Copies the list. */
    public EventDifference {
        examples = List.copyOf(examples);
    }

    /**
     * Returns whether the way has done what it promises.
     *
     * @param once whether it promises each event once, or else at least once
     */
    public boolean good(boolean once) {
        return lost == 0 && disordered == 0 && uncommitted == 0 && (doubled == 0 || !once);
    }
}
