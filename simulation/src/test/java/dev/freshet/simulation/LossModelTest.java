package dev.freshet.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.LossException;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.ServerSeen;
import dev.freshet.model.ledger.SourceLoss;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.model.ledger.TimelineRecord;
import dev.freshet.relay.LossPolicy;
import dev.freshet.relay.RelayStatus;
import dev.freshet.relay.internal.LedgerState;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What counts as a loss, when it is told, and of which server an operator's word speaks. */
class LossModelTest {
    private static final Duration FENCED_PAUSE = Duration.ofSeconds(3);
    private static final int LIMIT = 1_000;

    private static RelaySimulation running() throws InterruptedException {
        RelaySimulation sim = TopicsModelFixture.running(1, 0);
        long end = sim.db.end;
        for (int i = 0; i < LIMIT && TopicsModelFixture.boundary(sim).lsn() < end; i++) {
            sim.step(false);
        }
        return sim;
    }

    /** Drops the slot and lets a new process find that out. */
    private static RelaySimulation lost() throws InterruptedException {
        RelaySimulation sim = running();
        sim.db.slotDropped = true;
        assertLost(sim, "is gone");
        assertEquals(new ServerSeen("7", 1, sim.db.end), loss(sim).server());
        return sim;
    }

    private static LossException assertLost(RelaySimulation sim, String what) {
        sim.kill();
        LossException e = assertThrows(LossException.class, () -> sim.step(false));
        assertTrue(String.valueOf(e.getMessage()).contains(what), e::toString);
        assertTrue(String.valueOf(e.getMessage()).contains("no copy of them counts as complete"), e::toString);
        assertEquals(RelayStatus.State.STOPPED, sim.status().state());
        assertEquals(StreamStatus.BROKEN, TopicsModelFixture.status(sim));
        assertFalse(loss(sim).mayBeginAnew());
        return e;
    }

    /** Returns a place before what is published. */
    private static long earlier(RelaySimulation sim) {
        List<SimTx> log = sim.db.log();
        return log.get(log.size() - 20).endLsn();
    }

    private static SourceLoss loss(RelaySimulation sim) {
        return Objects.requireNonNull(cursor(sim).loss());
    }

    private static Cursor cursor(RelaySimulation sim) {
        return Objects.requireNonNull(sim.cursor());
    }

    private static void grant(RelaySimulation sim) {
        sim.edit(LedgerState::mayBeginAnew);
        assertTrue(loss(sim).mayBeginAnew());
        sim.pass(FENCED_PAUSE);
    }

    private static void assertBeginsAnew(RelaySimulation sim) throws InterruptedException {
        sim.kill();
        for (int i = 0; i < LIMIT && !(TopicsModelFixture.status(sim) == StreamStatus.RUNNING); i++) {
            sim.step(false);
        }
        assertEquals(2, cursor(sim).epoch());
        assertNull(cursor(sim).loss());
        assertEquals(StreamStatus.RUNNING, TopicsModelFixture.status(sim));
    }

    private static void assertGrantIsVoid(RelaySimulation sim) {
        assertLost(sim, "is not as it was when an operator took it as the right one");
        assertEquals(1, cursor(sim).epoch());
        assertTrue(sim.db.slotDropped || sim.db.confirmed < 0, "no slot was made");
        assertEquals(
                new ServerSeen(sim.db.system, sim.db.timeline, sim.db.end),
                loss(sim).server());
    }

    @Test
    void wordOfAnOperator_letsTheSourceBeginAnew() throws InterruptedException {
        RelaySimulation sim = lost();
        sim.db.commitElsewhere();
        grant(sim);
        assertBeginsAnew(sim);
    }

    @Test
    void wordIsVoidForAnotherSystem_untilItIsGivenForThatOne() throws InterruptedException {
        RelaySimulation sim = lost();
        grant(sim);
        sim.db.system = "8";
        assertGrantIsVoid(sim);
        grant(sim);
        assertBeginsAnew(sim);
    }

    @Test
    void wordIsVoidForAnotherTimeline() throws InterruptedException {
        RelaySimulation sim = lost();
        grant(sim);
        sim.db.timelines = List.of(new TimelineRecord("7", 1, sim.db.end));
        sim.db.timeline = 2;
        assertGrantIsVoid(sim);
    }

    @Test
    void wordIsVoidForAServerThatWasSetBack() throws InterruptedException {
        RelaySimulation sim = lost();
        grant(sim);
        sim.db.cutAt(earlier(sim));
        assertGrantIsVoid(sim);
    }

    @Test
    void serverThatIsAnotherBeforeTheWordIsGiven_isTheOneThatIsShown() throws InterruptedException {
        RelaySimulation sim = lost();
        sim.db.system = "8";
        assertLost(sim, "is gone");
        assertEquals("8", Objects.requireNonNull(loss(sim).server()).system());
        assertEquals(1, cursor(sim).epoch());
    }

    /** The relay finds its slot gone while Kafka is away: it says that the ledger does not say so. */
    private static RelaySimulation unwritten() throws InterruptedException {
        RelaySimulation sim = running();
        sim.db.slotDropped = true;
        sim.chaos.away = true;
        RetriableException e = assertThrows(RetriableException.class, sim::sample);
        assertTrue(String.valueOf(e.getMessage()).contains("could not be written into the ledger"), e::toString);
        assertFalse(String.valueOf(e.getMessage()).contains("are broken"), e::toString);
        assertEquals(RelayStatus.State.RETRYING, sim.status().state());
        assertEquals(e.getMessage(), sim.status().message());
        assertNull(cursor(sim).loss());
        return sim;
    }

    @Test
    void lossThatCouldNotBeWritten_isWrittenOnceKafkaIsBack_whateverTheSourceLooksLikeThen()
            throws InterruptedException {
        RelaySimulation sim = unwritten();
        sim.step(false);
        assertNull(cursor(sim).loss());
        sim.chaos.away = false;
        sim.db.slotDropped = false;
        sim.pass(FENCED_PAUSE);
        LossException e = assertThrows(LossException.class, () -> TopicsModelFixture.idle(sim, LIMIT));
        assertTrue(String.valueOf(e.getMessage()).contains("was dropped"), e::toString);
        assertNotNull(cursor(sim).loss());
        assertEquals(StreamStatus.BROKEN, TopicsModelFixture.status(sim));
    }

    @Test
    void lossThatATakeOverCouldNotWrite_isWrittenByTheNext() throws InterruptedException {
        RelaySimulation sim = running();
        long end = sim.db.end;
        sim.db.cutAt(earlier(sim));
        sim.kill();
        // to fence, to look, to read the ledger; not to commit
        sim.chaos.callsUntilAway = 3;
        sim.step(false);
        assertTrue(sim.faults.get(0).contains("could not be written into the ledger"), sim.faults::toString);
        sim.chaos.away = false;
        while (sim.db.end <= end) {
            sim.db.commitElsewhere();
        }
        sim.pass(FENCED_PAUSE);
        LossException e = assertThrows(LossException.class, () -> TopicsModelFixture.idle(sim, LIMIT));
        assertTrue(String.valueOf(e.getMessage()).contains("restored from an older state"), e::toString);
    }

    @Test
    void lossThatAnotherRelayHasReadPast_isVoid() throws InterruptedException {
        RelaySimulation sim = unwritten();
        sim.chaos.away = false;
        sim.db.slotDropped = false;
        sim.swap();
        sim.pass(FENCED_PAUSE);
        TopicsModelFixture.idle(sim, LIMIT);
        sim.swap();
        sim.pass(FENCED_PAUSE);
        TopicsModelFixture.idle(sim, LIMIT);
        assertEquals(StreamStatus.RUNNING, TopicsModelFixture.status(sim));
        assertNull(cursor(sim).loss());
        assertEquals(RelayStatus.State.RUNNING, sim.status().state());
    }

    /** A stand-by is promoted that has all of the log. */
    private static RelaySimulation promoted() throws InterruptedException {
        RelaySimulation sim = running();
        left(sim, sim.db.end);
        for (int i = 0; i < LIMIT; i++) {
            sim.step(true);
        }
        assertEquals(2, cursor(sim).source().timeline());
        assertEquals(1, cursor(sim).epoch());
        return sim;
    }

    /** The server is one on timeline 2 that left the first one there. */
    private static void left(RelaySimulation sim, long lsn) {
        sim.db.timelines = List.of(new TimelineRecord("7", 1, lsn));
        sim.db.timeline = 2;
        sim.kill();
    }

    private static @Nullable TimelineRecord recorded(RelaySimulation sim) {
        return sim.kafka.ledger.get(0).records().stream()
                .filter(r -> r.committed() && LedgerKey.timeline(1).equals(r.key()))
                .reduce((first, last) -> last)
                .map(SimLog.Rec::value)
                .map(LedgerCodec::decodeTimeline)
                .orElse(null);
    }

    @Test
    void twoStandBysOfOneServer_areTwoHistories_thoughTheirTimelinesHaveOneNumber() throws InterruptedException {
        RelaySimulation sim = promoted();
        left(sim, Objects.requireNonNull(recorded(sim)).switchLsn() - 8);
        assertLost(sim, "left timeline 1 at");
    }

    @Test
    void otherHistoryWithTheSameNumber_thatHasAllThatIsPublished_isFollowed_andTheLedgerHasItsTimelines()
            throws InterruptedException {
        RelaySimulation sim = running();
        long far = sim.db.end + 1_000_000;
        left(sim, far);
        for (int i = 0; i < LIMIT; i++) {
            sim.step(true);
        }
        assertEquals(far, Objects.requireNonNull(recorded(sim)).switchLsn());
        left(sim, far + 8);
        TopicsModelFixture.idle(sim, LIMIT);
        assertEquals(far + 8, Objects.requireNonNull(recorded(sim)).switchLsn());
        assertEquals(1, cursor(sim).epoch());
        assertNull(cursor(sim).loss());
    }

    @Test
    void historyWithoutATimelineOfWhichChangesArePublished_isAnother() throws InterruptedException {
        RelaySimulation sim = running();
        TimelineRecord first = new TimelineRecord("7", 1, sim.db.end);
        sim.db.timelines = List.of(first, new TimelineRecord("7", 2, sim.db.end));
        sim.db.timeline = 3;
        sim.kill();
        for (int i = 0; i < LIMIT; i++) {
            sim.step(true);
        }
        assertEquals(3, cursor(sim).source().timeline());
        sim.db.timelines = List.of(first);
        assertLost(sim, "did not branch off");
    }

    @Test
    void timelineThatIsNoneOfTheSources_isTakenOutOfTheLedger() throws InterruptedException {
        RelaySimulation sim = promoted();
        sim.db.system = "8";
        sim.db.timelines = List.of();
        sim.db.timeline = 1;
        sim.db.dropSlot();
        assertLost(sim, "system identifier 8");
        grant(sim);
        assertBeginsAnew(sim);
        assertNull(recorded(sim));
    }

    @Test
    void topicThatIsInDoubt_hasTheSlotLeftAlone_untilThatIsSettled() throws InterruptedException {
        RelaySimulation sim = lost();
        sim.db.slotDropped = false;
        sim.db.confirmed = sim.db.end;
        grant(sim);
        sim.db.commitElsewhere();
        sim.kafka.makeAgain(RelaySimulation.TOPIC);
        sim.kill();
        sim.step(false);
        assertTrue(sim.faults.get(0).contains("as it seems"), sim.faults::toString);
        assertTrue(sim.db.confirmed < sim.db.end, "no slot was made");
        assertNotNull(loss(sim));
        for (int i = 0; i < LIMIT && cursor(sim).epoch() == 1; i++) {
            sim.step(false);
        }
        assertEquals(StreamStatus.BROKEN, TopicsModelFixture.status(sim));
    }

    @Test
    void sourceWithoutAnEpochLeft_keepsItsSlot() throws InterruptedException {
        RelaySimulation sim = lost();
        sim.db.slotDropped = false;
        sim.db.confirmed = sim.db.end;
        grant(sim);
        sim.editCursor(c -> new Cursor(
                c.incarnation(),
                c.source(),
                Position.MAX_EPOCH,
                Position.boundary(Position.MAX_EPOCH, c.write().lsn()),
                c.options(),
                new Boundary(
                        Position.boundary(Position.MAX_EPOCH, c.write().lsn()),
                        null,
                        Objects.requireNonNull(c.boundary()).offsets()),
                null,
                c.loss(),
                true,
                c.writtenAt(),
                c.streams()));
        sim.kill();
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> sim.step(false));
        assertTrue(String.valueOf(e.getMessage()).contains("epoch 65535 is the last"), e::toString);
        assertTrue(sim.db.confirmed >= 0, "the slot is there");
    }

    @Test
    void sourceThatLosesItsLogAgain_waitsLongerEachTime_andSaysSo_unlessAnOperatorHasItGoOn()
            throws InterruptedException {
        Duration pause = Duration.ofMinutes(10);
        RelaySimulation sim = TopicsModelFixture.running(new RelaySimulation(
                1,
                Rules.all(),
                0,
                RelaySimulation.settings()
                        .onLoss(LossPolicy.RESNAPSHOT)
                        .lossPause(pause)
                        .build()));
        loseAndAwaitEpoch(sim, 2);
        assertEquals(List.of(), sim.status().alarms());
        lose(sim);
        assertWaits(sim, 2, "has begun anew once since");
        sim.pass(pause);
        awaitEpoch(sim, 3);
        assertTrue(sim.status().alarms().get(0).contains("has begun anew 2 times since"), sim.status()::toString);
        lose(sim);
        sim.pass(pause);
        assertWaits(sim, 3, "has begun anew 2 times since");
        grant(sim);
        sim.pass(Duration.ofSeconds(30));
        awaitEpoch(sim, 4);
        sim.pass(Duration.ofDays(1));
        sim.sample();
        sim.sample();
        assertEquals(List.of(), sim.status().alarms());
    }

    private static void lose(RelaySimulation sim) {
        sim.db.dropSlot();
        sim.kill();
    }

    private static void loseAndAwaitEpoch(RelaySimulation sim, int epoch) throws InterruptedException {
        lose(sim);
        awaitEpoch(sim, epoch);
    }

    private static void awaitEpoch(RelaySimulation sim, int epoch) throws InterruptedException {
        for (int i = 0; i < LIMIT && cursor(sim).epoch() < epoch; i++) {
            sim.step(false);
        }
        assertEquals(epoch, cursor(sim).epoch());
        TopicsModelFixture.idle(sim, 50);
    }

    private static void assertWaits(RelaySimulation sim, int epoch, String alarm) throws InterruptedException {
        TopicsModelFixture.idle(sim, LIMIT);
        assertEquals(epoch, cursor(sim).epoch());
        assertEquals(RelayStatus.State.RETRYING, sim.status().state());
        assertTrue(sim.status().alarms().get(0).contains(alarm), sim.status()::toString);
        assertTrue(sim.db.confirmed < 0, "no slot was made");
    }
}
