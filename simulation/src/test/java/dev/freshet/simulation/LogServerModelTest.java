package dev.freshet.simulation;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.LossException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The log comes by a connection of its own: another server may answer it than the one whose history was compared. */
class LogServerModelTest {
    private static final int LIMIT = 1_000;

    @Test
    void serverSetBack_betweenItsComparisonAndTheOpeningOfItsLog_isFound() throws InterruptedException {
        RelaySimulation sim = TopicsModelFixture.running(1, 0);
        long end = sim.db.end;
        for (int i = 0; i < LIMIT && TopicsModelFixture.boundary(sim).lsn() < end; i++) {
            sim.step(false);
        }
        sim.kill();
        sim.db.onOpen = () -> {
            sim.db.onOpen = () -> {};
            List<SimTx> log = sim.db.log();
            sim.db.cutAt(log.get(log.size() - 20).endLsn());
        };
        LossException e = assertThrows(LossException.class, () -> TopicsModelFixture.idle(sim, LIMIT));
        assertTrue(String.valueOf(e.getMessage()).contains("restored from an older state"), e::toString);
        assertNotSame(
                sim.db.log(), sim.db.log(1), "the log of the server that was set back was read under the former epoch");
    }
}
