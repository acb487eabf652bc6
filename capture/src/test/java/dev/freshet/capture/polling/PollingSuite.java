package dev.freshet.capture.polling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.CaptureProblem;
import dev.freshet.capture.ChangeLog;
import dev.freshet.capture.LogEvent;
import dev.freshet.capture.SlotState;
import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.model.RetriableException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What polling does, whichever database is polled: one subclass for each. */
abstract class PollingSuite {
    PollingFixture fixture;
    /** The session of the one that numbers. */
    Connection c;

    Numbering numbering;

    /** Makes the fixture over the test's own database. */
    abstract PollingFixture make(UnaryOperator<PollingSettings.Builder> more) throws Exception;

    /** Begins an old transaction that has nothing to do with the outbox, and holds back the database's clearing. */
    abstract void beginElsewhere() throws SQLException;

    final PollingFixture prepare(UnaryOperator<PollingSettings.Builder> more) throws Exception {
        fixture = make(more);
        fixture.migrate();
        fixture.begin();
        return fixture;
    }

    /** Prepares with the defaults, and has a session of the one that numbers. */
    final void beginNumbering() throws Exception {
        prepare(b -> b);
        c = fixture.session();
        numbering = fixture.numbering(c);
    }

    @AfterEach
    void close() throws Exception {
        if (fixture != null) {
            fixture.closeAll();
        }
    }

    @Test
    void lateCommit_isNumberedWhenItComes() throws Exception {
        beginNumbering();
        Connection late = fixture.begun("late");
        fixture.publish("early");
        assertEquals(List.of("1:2"), fixture.round(numbering, c));
        assertEquals(List.of(), fixture.round(numbering, c));
        late.commit();
        assertEquals(List.of("2:1"), fixture.round(numbering, c));
        assertFalse(numbering.hasGaps());
    }

    @Test
    void gapOfARollback_dies_andWhatIsBelowIsSettled() throws Exception {
        beginNumbering();
        fixture.begun("never").rollback();
        fixture.publish("a");
        assertEquals(List.of("1:2"), fixture.round(numbering, c));
        assertEquals(0, numbering.settled());
        fixture.roundsUntilGaps(numbering, c, 0);
        assertEquals(2, numbering.settled());
    }

    @Test
    void gapThatAnOpenTransactionHolds_livesOn() throws Exception {
        beginNumbering();
        Connection held = fixture.begun("late");
        fixture.publish("a");
        fixture.round(numbering, c);
        int answers = fixture.answers();
        while (fixture.answers() < answers + 4) {
            fixture.publish("b");
            assertEquals(1, fixture.round(numbering, c).size());
            assertEquals(1, numbering.gaps());
        }
        held.commit();
        assertTrue(fixture.round(numbering, c).get(0).endsWith(":1"));
    }

    @Test
    void oldTransactionThatHasNothingToDoWithIt_holdsNothing() throws Exception {
        prepare(b -> b);
        beginElsewhere();
        Connection c = fixture.session();
        Numbering numbering = fixture.numbering(c);
        fixture.begun("never").rollback();
        fixture.publish("a");
        fixture.round(numbering, c);
        fixture.roundsUntilGaps(numbering, c, 0);
        assertEquals(2, numbering.settled());
    }

    @Test
    void gapsAreFoundAgain_byWhoGoesOn() throws Exception {
        prepare(b -> b);
        Connection late = fixture.begun("late");
        fixture.begun("never").rollback();
        fixture.publish("a", "b");
        try (Connection first = fixture.database.open()) {
            assertEquals(List.of("1:3", "2:4"), fixture.round(fixture.numbering(first), first));
        }
        Connection c = fixture.session();
        Numbering numbering = fixture.numbering(c);
        assertEquals(1, numbering.gaps());
        assertEquals(List.of(), fixture.round(numbering, c));
        late.commit();
        assertEquals(List.of("3:1"), fixture.round(numbering, c));
        fixture.roundsUntilGaps(numbering, c, 0);
        fixture.publish("c");
        assertEquals(List.of("4:5"), fixture.round(numbering, c));
        assertEquals(5, fixture.numbers.read(c).settled());
    }

    @Test
    void rowOfAGap_comesBeforeTheLaterRowsOfTheRound() throws Exception {
        beginNumbering();
        Connection late = fixture.begun("late");
        fixture.publish("a");
        fixture.round(numbering, c);
        late.commit();
        fixture.publish("after late");
        assertEquals(List.of("2:1", "3:3"), fixture.round(numbering, c));
    }

    @Test
    void rowOfAGapThatCommitsAmidstARound_comesBeforeTheOneThatWaitedForIt() throws Exception {
        beginNumbering();
        Connection late = fixture.begun("late");
        fixture.publish("a");
        fixture.round(numbering, c);
        int[] looks = new int[1];
        Connection between = beforeEachLook(c, () -> {
            if (++looks[0] == 2) {
                late.commit();
                fixture.publish("after late");
            }
        });
        List<String> found = new ArrayList<>(fixture.round(numbering, between));
        found.addAll(fixture.round(numbering, c));
        assertEquals(List.of("2:1", "3:3"), found);
    }

    /** Something that may fail. */
    private interface Step {
        void run() throws SQLException;
    }

    private static Connection beforeEachLook(Connection c, Step step) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if (method.getName().equals("prepareStatement")
                            && String.valueOf(args[0]).contains(".freshet_outbox ")
                            && String.valueOf(args[0]).contains("octet_length")) {
                        step.run();
                    }
                    return method.invoke(c, args);
                });
    }

    @Test
    void moreGapsThanAllowed_keepNewRowsWaiting_untilTheyEnd() throws Exception {
        prepare(b -> b.mostGaps(1));
        Connection c = fixture.session();
        Numbering numbering = fixture.numbering(c);
        Connection one = fixture.begun("1");
        fixture.publish("a");
        Connection two = fixture.begun("2");
        fixture.publish("b");
        assertEquals(List.of("1:2", "2:4"), fixture.round(numbering, c));
        fixture.publish("c");
        assertEquals(List.of(), fixture.round(numbering, c));
        one.commit();
        assertEquals(List.of("3:1"), fixture.round(numbering, c));
        assertEquals(List.of("4:5"), fixture.round(numbering, c));
        two.rollback();
    }

    @Test
    void pageThatGapsFill_keepsTheRowsAboveForLater() throws Exception {
        prepare(b -> b.pageEvents(2));
        Connection c = fixture.session();
        Numbering numbering = fixture.numbering(c);
        Connection late = fixture.transaction();
        for (int i = 0; i < 5; i++) {
            fixture.publish(late, "late");
        }
        fixture.publish("a");
        assertEquals(List.of("1:6"), fixture.round(numbering, c));
        late.commit();
        fixture.publish("b");
        List<String> found = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            found.addAll(fixture.round(numbering, c));
        }
        assertEquals(List.of("2:1", "3:2", "4:3", "5:4", "6:5", "7:7"), found);
    }

    @Test
    void numbers_areTheSameAfterARestart_fromAnyPlace() throws Exception {
        prepare(b -> b.pageEvents(3));
        fixture.publish("a", "b", "c", "d", "e");
        Source source = fixture.source();
        List<String> all;
        try (ChangeLog log = fixture.open(source, 1)) {
            all = PollingFixture.read(log, 5);
        }
        assertEquals(List.of("1:a", "2:b", "3:c", "4:d", "5:e"), all);
        for (int from = 1; from <= 5; from++) {
            try (ChangeLog log = fixture.reopen(source, from)) {
                assertEquals(all.subList(from - 1, 5), PollingFixture.read(log, 6 - from));
            }
        }
    }

    @Test
    void boundary_liesBehindItsEventsAndBeforeTheNext() throws Exception {
        prepare(b -> b);
        fixture.publish("a", "b");
        ChangeLog log = fixture.open(fixture.source(), 1);
        List<LogEvent> events = new ArrayList<>();
        while (events.stream().noneMatch(e -> e instanceof LogEvent.Committed)) {
            events.addAll(log.poll(Duration.ofMillis(50)));
        }
        assertTrue(events.contains(new LogEvent.Committed(3)), events::toString);
        assertTrue(events.contains(new LogEvent.Reached(1)), events::toString);
    }

    @Test
    void secondLog_isRefused_untilTheFirstOnesSessionIsEnded() throws Exception {
        prepare(b -> b);
        Source first = fixture.source();
        ChangeLog log = fixture.open(first, 1);
        fixture.publish("a");
        PollingFixture.read(log, 1);
        Source second = fixture.source();
        assertThrows(RetriableException.class, () -> fixture.open(second, 1));
        Integer reader = second.slot().map(SlotState::activePid).orElse(null);
        assertNotNull(reader);
        second.terminateReader(reader);
        assertThrows(RetriableException.class, () -> {
            while (true) {
                log.poll(Duration.ofMillis(50));
            }
        });
        while (second.slot().map(SlotState::activePid).orElse(null) != null) {
            Thread.onSpinWait();
        }
        ChangeLog next = fixture.open(second, 2);
        fixture.publish("b");
        assertEquals(List.of("2:b"), PollingFixture.read(next, 1));
    }

    @Test
    void sessionThatNumbersAndIsSilent_isEnded_andNoOther() throws Exception {
        prepare(b -> b.lease(Duration.ofSeconds(1)));
        Connection other = fixture.session();
        fixture.outliveASilentSession();
        assertTrue(other.isValid(0), "it was silent for longer");
    }

    @Test
    void logWhoseEventsNobodyTakes_keepsItsLock() throws Exception {
        prepare(b -> b.lease(Duration.ofSeconds(2)).readAheadBytes(PollingSettings.MIN_READ_AHEAD_BYTES));
        String[] keys = Collections.nCopies(1_000, "a").toArray(new String[0]);
        fixture.publish(keys);
        Source source = fixture.source();
        ChangeLog log = fixture.open(source, 1);
        assertEquals(1, fixture.leases(), "of the session that has the lock");
        Integer reader = source.slot().orElseThrow().activePid();
        fixture.outliveASilentSession();
        fixture.outliveASilentSession();
        assertEquals(reader, source.slot().orElseThrow().activePid());
        assertEquals(keys.length, PollingFixture.read(log, keys.length).size());
    }

    @Test
    void sessionThatHasEndedMeanwhile_needsNoEnd() throws Exception {
        prepare(b -> b);
        try (Connection c = fixture.session()) {
            fixture.database.terminate(c, Integer.MAX_VALUE);
            assertEquals(Optional.empty(), fixture.database.lockHolder(c), "the session goes on");
        }
    }

    @Test
    void newSlot_numbersAgainWhatTheTableHas_aboveTheNumbersOfBefore() throws Exception {
        prepare(b -> b);
        fixture.publish("a", "b");
        Source source = fixture.source();
        try (ChangeLog log = fixture.open(source, 1)) {
            PollingFixture.read(log, 2);
        }
        source.dropSlot();
        assertTrue(source.slot().isEmpty());
        long first = source.createSlot();
        assertTrue(first >= 3 && first < 3 + State.MOST_LEFT_OUT, "first number: " + first);
        assertEquals(List.of(first + ":a", first + 1 + ":b"), PollingFixture.read(fixture.reopen(source, first), 2));
    }

    @Test
    void rowThatWasDeletedBeforeItWasSent_letsTheOthersGoOn() throws Exception {
        prepare(b -> b);
        fixture.publish("a", "b", "c");
        Source source = fixture.source();
        try (ChangeLog log = fixture.open(source, 1)) {
            PollingFixture.read(log, 3);
        }
        fixture.execute("DELETE FROM freshet_outbox WHERE event_key = 'b'");
        assertEquals(List.of("1:a", "3:c"), PollingFixture.read(fixture.reopen(source, 1), 2));
    }

    @Test
    void rowThatIsNoEvent_isToldAsThat_andTheOthersGoOn() throws Exception {
        prepare(b -> b);
        fixture.publish("a", "b");
        fixture.execute("UPDATE freshet_outbox SET headers = '{' WHERE event_key = 'a'");
        ChangeLog log = fixture.open(fixture.source(), 1);
        List<LogEvent> events = new ArrayList<>();
        while (events.stream().noneMatch(e -> e instanceof LogEvent.Published)) {
            events.addAll(log.poll(Duration.ofMillis(50)));
        }
        LogEvent.Unreadable told = (LogEvent.Unreadable) events.stream()
                .filter(e -> e instanceof LogEvent.Unreadable)
                .findFirst()
                .orElseThrow();
        assertEquals(1, told.position().lsn());
        assertTrue(told.reason().contains("headers"), told.reason());
    }

    @Test
    void tableWhoseCounterWasSetBack_isALoss() throws Exception {
        prepare(b -> b);
        fixture.publish("a", "b");
        Source source = fixture.source();
        try (ChangeLog log = fixture.open(source, 1)) {
            PollingFixture.read(log, 2);
        }
        assertNull(source.slot().orElseThrow().lost());
        setBack();
        String lost = source.slot().orElseThrow().lost();
        assertTrue(lost != null && lost.contains("seq"), lost);
    }

    /** Truncates the table, with its counter. */
    abstract void setBack() throws SQLException;

    @Test
    void sample_isCompleteToATimeBeforeWhichAllHasANumber() throws Exception {
        prepare(b -> b);
        Source source = fixture.source();
        ChangeLog log = fixture.open(source, 1);
        fixture.publish("a");
        PollingFixture.read(log, 1);
        Source beside = fixture.source();
        while (beside.sample(java.util.Map.of()).lsn() < 2) {
            Thread.onSpinWait();
        }
        assertEquals(2, beside.sample(java.util.Map.of()).lsn());
    }

    @Test
    void databaseWithoutTheMigration_isTold() throws Exception {
        fixture = make(b -> b);
        List<CaptureProblem> problems =
                fixture.source().check(List.of(TableCapture.ofOutbox(fixture.settings.table())));
        assertFalse(problems.isEmpty());
        assertTrue(problems.get(0).sentence().contains("Run the migrations of freshet-outbox"), problems::toString);
    }
}
