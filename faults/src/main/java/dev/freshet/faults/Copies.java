package dev.freshet.faults;

import dev.freshet.client.Copy;
import dev.freshet.client.FreshetToken;
import dev.freshet.model.Token;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How far the copies are. */
final class Copies {
    private final FaultWorld world;

    Copies(FaultWorld world) {
        this.world = world;
    }

    /** Waits until the copies have everything that is committed now. */
    void await(Duration limit) throws SQLException, InterruptedException, IOException {
        Token token;
        try (Connection c = world.source()) {
            token = FreshetToken.take(c);
        }
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            try (Connection c = world.target()) {
                Copy.of(c, FaultSettings.REPLICA).await(token, Duration.ofSeconds(2));
                Copy.of(c, FaultSettings.WHOLE).await(token, Duration.ofSeconds(2));
                return;
            } catch (SQLException | RuntimeException notYet) {
                world.requireAlive();
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "The copies have not reached " + token + " within " + limit.toSeconds() + " s: "
                                    + notYet.getMessage() + world.logEnds(),
                            notYet);
                }
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** Returns which fill of each stream they have. */
    List<String> fills() throws SQLException {
        try (Connection c = world.target()) {
            return Comparison.rows(c, "SELECT stream || ', fill ' || fill FROM freshet.replica_stream ORDER BY stream");
        }
    }
}
