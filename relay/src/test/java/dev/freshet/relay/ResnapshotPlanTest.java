package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.TableCapture;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.Mending;
import dev.freshet.model.ledger.ServerSeen;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.SourceLoss;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.RelayResnapshot.Options;
import dev.freshet.relay.RelayResnapshot.Plan;
import dev.freshet.relay.internal.LedgerState;
import dev.freshet.relay.port.LedgerContents;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an operator said yes to is what is written, or nothing is. */
class ResnapshotPlanTest {
    private static final Position AT = Position.boundary(1, 1_000);
    private static final SourceIdentity SOURCE = new SourceIdentity("shop", "postgresql", "7", 1, "shop", "slot");
    private static final SourceLoss LOSS = new SourceLoss("The slot is gone", false, new ServerSeen("7", 1, 2_000));
    private static final Options LIMIT = new Options(5L, null);

    private final RelayResnapshot resnapshot = new RelayResnapshot(
            RelaySettings.builder(
                            "shop",
                            List.of(StreamSettings.of(
                                    new TableCapture("a", "public.a", List.of(), List.of()), "shop.a")),
                            Map.of())
                    .build(),
            InstantSource.system());

    private static StreamEntry running(String stream) {
        return new StreamEntry(
                stream, "shop." + stream, "id", 1, "print.x", "v1", StreamStatus.RUNNING, AT, null, null);
    }

    private static StreamEntry snapshotting(String stream) {
        return running(stream).readAnew(AT, "it was truncated");
    }

    private static StreamEntry with(StreamEntry entry, Function<SnapshotProgress, SnapshotProgress> change) {
        return entry.snapshotting(AT, change.apply(progress(entry)));
    }

    private static SnapshotProgress progress(StreamEntry entry) {
        return Objects.requireNonNull(entry.snapshot());
    }

    private static Cursor cursor(@Nullable SourceLoss loss, StreamEntry... streams) {
        return new Cursor(
                "relay",
                SOURCE,
                1,
                AT,
                Map.of(),
                new Boundary(AT, null, Map.of()),
                null,
                loss,
                true,
                Instant.EPOCH,
                Arrays.stream(streams).collect(Collectors.toMap(StreamEntry::stream, e -> e)));
    }

    private Plan plan(Cursor cursor, @Nullable String stream, Options options) {
        return resnapshot.plan(cursor, "resnapshot x", stream, options);
    }

    private LedgerEdit apply(Plan plan, Cursor now) {
        LedgerEdit edit = new LedgerEdit(new LedgerContents(0), new LedgerState("command", SOURCE, now));
        resnapshot.apply(plan, now, edit);
        return edit;
    }

    private static StreamEntry entry(LedgerEdit edit, String stream) {
        return Objects.requireNonNull(edit.state().stream(stream));
    }

    private void assertRefused(Plan plan, Cursor now) {
        LedgerEdit edit = new LedgerEdit(new LedgerContents(0), new LedgerState("command", SOURCE, now));
        RetriableException e = assertThrows(RetriableException.class, () -> resnapshot.apply(plan, now, edit));
        assertTrue(String.valueOf(e.getMessage()).startsWith("Nothing was changed"), e::toString);
        assertTrue(String.valueOf(e.getMessage()).contains("Run 'freshet resnapshot x' again"), e::toString);
        assertFalse(edit.state().isChanged());
        assertTrue(edit.topics().isEmpty());
    }

    @Test
    void lossThatComesUpMeanwhile_isNotGrantedUnseen() {
        assertRefused(plan(cursor(null, running("a")), null, Options.NONE), cursor(LOSS, running("a")));
    }

    @Test
    void lossThatNamesAnotherServerByThen_isNotGranted() {
        Plan plan = plan(cursor(LOSS, running("a")), null, Options.NONE);
        assertTrue(plan.actions().toString().contains("system identifier 7, timeline 1"), plan.actions()::toString);
        assertRefused(plan, cursor(new SourceLoss("The slot is gone", false, new ServerSeen("8", 1, 9))));
        assertTrue(Objects.requireNonNull(
                        apply(plan, cursor(LOSS, running("a"))).state().loss())
                .mayBeginAnew());
    }

    @Test
    void lossOfWhichTheServerIsNotKnown_cannotBeGranted() {
        Cursor unknown = cursor(new SourceLoss("The slot is gone", false, null));
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> plan(unknown, null, Options.NONE));
        assertTrue(String.valueOf(e.getMessage()).contains("within half a minute"), e::toString);
    }

    @Test
    void topicThatIsAtFaultByThen_isNotDeletedUnseen() {
        assertRefused(
                plan(cursor(null, running("a")), "a", Options.NONE),
                cursor(null, running("a").broken(AT, "it is gone", Mending.TOPIC)));
    }

    @Test
    void topicThatIsAnotherByThen_isLeftAlone() {
        StreamEntry broken = running("a").broken(AT, "it is gone", Mending.TOPIC);
        Plan plan = plan(cursor(null, broken), "a", Options.NONE);
        StreamEntry other = new StreamEntry(
                "a", "shop.a", "id2", 1, "print.x", "v1", StreamStatus.BROKEN, AT, "gone", null, Mending.TOPIC);
        assertRefused(plan, cursor(null, other));
        assertEquals(List.of("shop.a"), apply(plan, cursor(null, broken)).topics());
    }

    @Test
    void snapshotThatHasEndedMeanwhile_isNotBegunAgainForItsLimit() {
        assertRefused(plan(cursor(null, snapshotting("a")), "a", LIMIT), cursor(null, running("a")));
    }

    @Test
    void progressOfAStream_isNoChange() {
        Plan plan = plan(cursor(null, snapshotting("a")), "a", Options.NONE);
        apply(plan, cursor(null, running("a")));
        assertEquals(
                StreamStatus.SNAPSHOTTING,
                entry(apply(plan, cursor(null, with(snapshotting("a"), p -> p.at("w", 7)))), "a")
                        .status());
    }

    @Test
    void limitOfASource_changesWhatIsUnderWay_andBeginsNothingBesideIt() {
        Cursor cursor = cursor(null, running("a"), with(snapshotting("b"), p -> p.at("w", 7)));
        Plan plan = plan(cursor, null, LIMIT);
        assertEquals(2, plan.actions().size(), plan.actions()::toString);
        LedgerEdit edit = apply(plan, cursor);
        assertEquals(running("a"), entry(edit, "a"));
        assertEquals(5, progress(entry(edit, "b")).maxRowsPerSecond());
        assertEquals(7, progress(entry(edit, "b")).rowsDone());
    }

    @Test
    void limitOfASourceWithoutASnapshot_isOneForAllThatIsReadAnew() {
        Cursor cursor = cursor(null, running("a"), running("b"));
        LedgerEdit edit = apply(plan(cursor, null, LIMIT), cursor);
        for (String stream : List.of("a", "b")) {
            assertEquals(5, progress(entry(edit, stream)).maxRowsPerSecond());
        }
    }

    @Test
    void pausedStreamThatIsReadAnew_isPausedNoLonger_andTheLimitThatStaysIsTold() {
        Cursor cursor =
                cursor(null, with(snapshotting("a"), p -> p.with(true, 9).at("w", 7)));
        Plan plan = plan(cursor, "a", Options.NONE);
        assertTrue(
                plan.actions().get(0).contains(", paused no longer, still at most 9 rows a second;"),
                plan.actions()::toString);
        SnapshotProgress begun = progress(entry(apply(plan, cursor), "a"));
        assertFalse(begun.paused());
        assertEquals(9, begun.maxRowsPerSecond());
        assertEquals(0, begun.rowsDone());
    }

    @Test
    void stateWithoutALoss_grantsNothing() {
        assertNull(apply(plan(cursor(null, running("a")), null, Options.NONE), cursor(null, running("a")))
                .state()
                .loss());
    }
}
