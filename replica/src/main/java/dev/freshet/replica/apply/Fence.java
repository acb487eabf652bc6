package dev.freshet.replica.apply;

import dev.freshet.replica.port.FencedException;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.PositionRows;
import java.util.List;

/**
 * The fence of partitions: an owner names its generation whenever it moves one on. So a former owner that was only asleep
 * changes no row, finds that, and rolls back.
 */
public final class Fence {
    private Fence() {}

    /**
     * Moves partitions on.
     *
     * @param rows as they shall be; each names the generation of this owner
     * @throws FencedException if one of them has another owner by now; the caller rolls back
     */
    public static void advance(PositionRows positions, String replica, List<Owned> rows) {
        if (positions.advance(rows) != rows.size()) {
            throw new FencedException("Another instance of replica '" + replica + "' has taken over a partition that"
                    + " this one still worked on; nothing was committed, and this instance joins the group again");
        }
    }
}
