package dev.freshet.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Position;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.RelayStatus;
import dev.freshet.relay.port.LedgerLostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a lagging or silent broker makes of topics in the model: a doubt at most, which is followed up. */
class TopicDoubtsModelTest extends TopicsModelFixture {
    private static final Duration RARELY = Duration.ofMinutes(10);
    /** How many steps some looks take that are wanted soon. */
    private static final int LOOKS = 500;

    @Test
    void clusterThatDoesNotAnswerForAWhile_isAnAlarmThatGoesAway_andNoBreak() throws InterruptedException {
        RelaySimulation sim = running(1, 0);
        sim.kafka.silent = true;
        for (int i = 0; i < LIMIT && sim.status().alarms().isEmpty(); i++) {
            sim.step(true);
        }
        String alarm = String.join("\n", sim.status().alarms());
        assertTrue(alarm.contains("could not be compared") && alarm.contains("does not answer"), alarm);
        assertEquals(RelayStatus.State.RUNNING, sim.status().state());
        sim.kafka.silent = false;
        for (int i = 0; i < LIMIT && !sim.status().alarms().isEmpty(); i++) {
            sim.step(true);
        }
        assertTrue(sim.status().alarms().isEmpty(), () -> "" + sim.status().alarms());
        assertEquals(StreamStatus.RUNNING, status(sim));
    }

    @Test
    void brokerThatLagsBehindForAWhile_breaksNothing_atATakeOverNeither() throws InterruptedException {
        for (boolean killed : new boolean[] {false, true}) {
            RelaySimulation sim = running(1, 0);
            sim.kafka.blindLooks = 2;
            if (killed) {
                sim.kill();
            }
            for (int i = 0; i < 500; i++) {
                sim.step(true);
            }
            assertEquals(0, sim.kafka.blindLooks);
            assertEquals(StreamStatus.RUNNING, status(sim));
            // a take-over that does not see the ledger would make it, which the cluster refuses
            assertEquals(killed, sim.faults.stream().anyMatch(f -> f.contains("already")));
        }
    }

    @Test
    void brokerThatDoesNotKnowTheStreamsTopicsForAWhile_breaksNothing_howeverFarItsAnswersAreApart()
            throws InterruptedException {
        for (boolean killed : new boolean[] {false, true}) {
            for (boolean standsStill : new boolean[] {false, true}) {
                RelaySimulation sim = running(1, 0);
                sim.kafka.blindForStreams = 2;
                if (killed) {
                    sim.kill();
                }
                while (sim.kafka.blindForStreams > 1) {
                    sim.step(true);
                }
                if (standsStill) {
                    // the second answer has waited for the relay
                    sim.pass(RelaySimulation.DOUBT_LIMIT.multipliedBy(2));
                }
                for (int i = 0; i < 500; i++) {
                    sim.step(true);
                    assertEquals(StreamStatus.RUNNING, status(sim), killed + " " + standsStill);
                }
                assertEquals(0, sim.kafka.blindForStreams);
            }
        }
    }

    @Test
    void topicThatIsGone_isBroken_whenEnoughLooksOfSomeTimeSaySo() throws InterruptedException {
        for (boolean killed : new boolean[] {false, true}) {
            RelaySimulation sim = running(1, 0);
            sim.kafka.blindForStreams = LOOKS;
            if (killed) {
                sim.kill();
            }
            for (int i = 0; i < LOOKS && status(sim) == StreamStatus.RUNNING; i++) {
                sim.step(false);
            }
            assertEquals(StreamStatus.BROKEN, status(sim));
        }
    }

    @Test
    void brokerThatLagsBehindNowAndAgain_breaksNothing() throws InterruptedException {
        RelaySimulation sim = running(1, 0);
        for (int outage = 0; outage < 3; outage++) {
            sim.kafka.blindLooks = 1;
            while (sim.kafka.blindLooks > 0) {
                sim.step(true);
            }
            sim.pass(Duration.ofMinutes(10));
        }
        for (int i = 0; i < 500; i++) {
            sim.step(true);
        }
        assertEquals(StreamStatus.RUNNING, status(sim));
    }

    @Test
    void doubt_isFollowedUpSoon_alsoAcrossALookWithoutAnAnswer_howeverRareLooksAre() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = rarelyLooking(seed);
            Position before = boundary(sim);
            sim.kafka.makeAgain(RelaySimulation.TOPIC);
            sim.pass(RARELY);
            idle(sim, 5);
            assertEquals(StreamStatus.RUNNING, status(sim), "seed " + seed);
            sim.kafka.silent = true;
            for (int i = 0; i < LOOKS && sim.status().alarms().isEmpty(); i++) {
                sim.step(false);
            }
            sim.kafka.silent = false;
            for (int i = 0; i < LOOKS && status(sim) == StreamStatus.RUNNING; i++) {
                sim.step(false);
            }
            assertEquals(StreamStatus.BROKEN, status(sim), "seed " + seed);
            assertTrue(entry(sim).since().compareTo(before) <= 0, "seed " + seed);
        }
    }

    @Test
    void doubtOfTheLedger_isFollowedUpSoon_howeverRareLooksAre() throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            RelaySimulation sim = rarelyLooking(seed);
            sim.kafka.replaceLedgerByItsCopy();
            sim.pass(RARELY);
            LedgerLostException e = assertThrows(LedgerLostException.class, () -> idle(sim, LOOKS));
            assertTrue(e.getMessage().contains("made again"), e.getMessage());
        }
    }

    private static RelaySimulation rarelyLooking(long seed) throws InterruptedException {
        RelaySimulation sim = running(new RelaySimulation(seed, Rules.all(), 0, RARELY));
        idle(sim, 300);
        return sim;
    }
}
