package dev.freshet.relay.internal;

import dev.freshet.capture.CapturedStream;
import dev.freshet.capture.Harm;
import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.model.Names;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.Mending;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.port.LedgerContents;
import dev.freshet.relay.port.TopicEnds;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicState;
import dev.freshet.relay.port.TopicStore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Brings configuration, ledger and topics together: which streams go on, begin, are broken or stopped. */
final class StreamJoiner {
    private final RelaySettings settings;
    private final InstantSource clock;
    private final Source source;
    private final boolean readsOutbox;
    private final TopicStore store;
    private final LedgerState ledger;
    private final LedgerContents contents;
    private final TopicGuard guard;
    private final Refusals refusals;
    private final Map<String, TopicInfo> topics = new HashMap<>();
    private final Map<String, TopicState> states;
    private final Map<String, String> damages;
    private final TopicEnds ends = new TopicEnds();
    private final Set<String> muted = new HashSet<>();

    /**
     * Prepares the decisions.
     *
     * @param readsOutbox whether an outbox table has events that do not come by the log
     */
    StreamJoiner(
            RelaySettings settings,
            InstantSource clock,
            Source source,
            boolean readsOutbox,
            TopicStore store,
            LedgerState ledger,
            LedgerContents contents,
            TopicGuard guard,
            Refusals refusals,
            Map<String, TopicState> states,
            Map<String, String> damages) {
        this.settings = settings;
        this.clock = clock;
        this.source = source;
        this.readsOutbox = readsOutbox;
        this.store = store;
        this.ledger = ledger;
        this.contents = contents;
        this.guard = guard;
        this.refusals = refusals;
        this.states = states;
        this.damages = damages;
    }

    /**
     * What came of it.
     *
     * @param topics the topics by stream
     * @param ends the topics' ends
     * @param catalogs the catalog texts by stream
     * @param muted streams that nothing is written for
     * @param notBegun by stream, of those that the ledger does not know, why it is not begun
     */
    record Joined(
            Map<String, TopicInfo> topics,
            TopicEnds ends,
            Map<String, String> catalogs,
            Set<String> muted,
            Map<String, String> notBegun) {}

    /**
     * Decides and writes it into the ledger's state.
     *
     * @param captured the streams as the source has them
     * @param uncaptured by stream why the source goes on without it
     */
    Joined join(List<CapturedStream> captured, Map<String, String> uncaptured) {
        Map<String, String> catalogs = new HashMap<>();
        for (CapturedStream c : captured) {
            if (c.capture().isOutbox()) {
                continue;
            }
            String name = c.capture().stream();
            StreamSettings stream = settings.streams().stream()
                    .filter(s -> s.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            StreamEntry known = ledger.stream(name);
            String fingerprint = fingerprint(c.capture());
            if (known == null) {
                ledger.put(begin(stream, fingerprint)
                        .snapshotting(
                                ledger.boundary().position(),
                                begins()
                                        ? SnapshotProgress.first()
                                        : SnapshotProgress.first().again()));
                ledger.schema(c.schema());
            } else {
                goOn(known, stream, fingerprint);
            }
            String catalog = contents.catalog(name);
            if (catalog == null || !source.canCompare(catalog)) {
                if (known != null) {
                    compareNothing(known, c);
                }
                catalog = c.catalog();
                ledger.catalog(name, catalog);
            }
            catalogs.put(name, catalog);
        }
        settings.streams().stream()
                .filter(s -> s.table().isEmpty())
                .sorted(Comparator.comparing(s -> !s.name().equals(Names.DEAD_LETTERS)))
                .forEach(this::joinEvents);
        Map<String, String> notBegun = new HashMap<>(uncaptured);
        uncaptured.forEach((stream, reason) -> {
            StreamEntry known = ledger.stream(stream);
            if (known != null) {
                notBegun.remove(stream);
                goOnWithout(known, reason);
            }
        });
        stopUnconfigured();
        return new Joined(topics, ends, catalogs, muted, notBegun);
    }

    /** Dead letters are joined first: how far they have come tells what is left for a stream that is new. */
    private void joinEvents(StreamSettings stream) {
        // what the outbox table has already is sent before the stream runs
        String outbox = settings.events().outbox().map(TableCapture::table).orElse("");
        String fingerprint = StreamEntry.EVENTS + hash(outbox);
        StreamEntry known = ledger.stream(stream.name());
        if (known == null) {
            StreamEntry entry = begin(stream, fingerprint);
            ledger.put(readsOutbox ? fromLetters(entry) : entry);
        } else {
            goOn(known, stream, fingerprint);
        }
        StreamEntry now = Objects.requireNonNull(ledger.stream(stream.name()));
        if (!readsOutbox && now.status() == StreamStatus.SNAPSHOTTING) {
            // what the log gives is all that can be sent
            ledger.put(now.running(ledger.boundary().position()));
        }
    }

    /**
     * What was published while a stream was not known, or not captured, became dead letters, as far as those have come: all of it
     * once they run.
     */
    private StreamEntry fromLetters(StreamEntry entry) {
        StreamEntry letters = ledger.stream(Names.DEAD_LETTERS);
        if (letters != null && letters.status() == StreamStatus.RUNNING) {
            return entry.running(ledger.boundary().position());
        }
        SnapshotProgress begun = letters == null ? null : letters.snapshot();
        return entry.snapshotting(ledger.boundary().position(), begun == null ? SnapshotProgress.first() : begun);
    }

    /** Makes the stream's topic if there is none, and returns its entry, running. */
    private StreamEntry begin(StreamSettings stream, String fingerprint) {
        // What refused the stream's records was its last topic.
        refusals.begun(stream.name());
        guard.whole(stream.topic());
        TopicState state = states.get(stream.name());
        TopicInfo topic = state == null ? store.create(stream) : state.info();
        topics.put(stream.name(), topic);
        ends.add(topic.topic(), new long[topic.partitions()]);
        return new StreamEntry(
                stream.name(),
                topic.topic(),
                topic.id(),
                topic.partitions(),
                fingerprint,
                "",
                StreamStatus.RUNNING,
                ledger.boundary().position(),
                null,
                null);
    }

    /**
     * Returns whether the log begins behind the tables' capture. Otherwise it may give rows that have gone before it without
     * a row message, in a catalog that nobody has compared with.
     */
    private boolean begins() {
        Cursor last = contents.cursor();
        return last == null || last.boundary() == null;
    }

    private void goOn(StreamEntry known, StreamSettings stream, String fingerprint) {
        String name = stream.name();
        Position at = ledger.boundary().position();
        String damage = damages.get(name);
        String broken = null;
        Mending by = Mending.TOPIC;
        if (!known.topic().equals(stream.topic())) {
            broken = "The stream's topic was changed in the configuration from '" + known.topic() + "' to '"
                    + stream.topic() + "'";
            muted.add(name);
        } else if (damage != null) {
            broken = damage;
            at = ledger.wholeAt();
            muted.add(name);
        } else {
            writeOn(stream);
        }
        if (broken != null) {
            // what else there is to say comes up once this is mended
        } else if (!identityPart(known.fingerprint()).equals(identityPart(fingerprint))) {
            broken = "The table or key of the stream was changed in the configuration";
        }
        Refusal refusal = refusals.of(known);
        if (refusal != null && !clock.instant().isBefore(refusal.givenUpAt())) {
            by = broken == null && !refusal.damaged() ? Mending.ROWS : by;
            broken = broken == null ? refusal.reason() : broken;
            muted.add(name);
        }
        if (broken != null) {
            ledger.put(known.broken(at, broken, by));
        } else if (known.status() == StreamStatus.STOPPED && known.isOfEvents() && readsOutbox) {
            ledger.put(fromLetters(known.withFingerprint(fingerprint)));
        } else if (known.status() == StreamStatus.STOPPED) {
            ledger.put(known.withFingerprint(fingerprint)
                    .readAnew(at, "The stream was not captured for a while (" + known.reason() + ")"));
        } else if (!known.fingerprint().equals(fingerprint) && known.status() != StreamStatus.BROKEN) {
            ledger.put(known.withFingerprint(fingerprint)
                    .readAnew(
                            at,
                            "The " + (stream.table().isPresent() ? "columns" : "outbox table")
                                    + " of the stream changed in the configuration"));
        }
    }

    /** Whatever may have happened to the table has happened. */
    private void compareNothing(StreamEntry known, CapturedStream captured) {
        Position at = ledger.boundary().position();
        SchemaRecord before = contents.schema(known.stream(), known.schemaVersion());
        List<String> key = captured.schema().key();
        if (before != null && !before.key().equals(key)) {
            ledger.breakAndWarn(
                    known.stream(), at, Harm.KEY, "The table's key is " + key + " and no longer " + before.key());
        } else {
            ledger.readAnew(
                    known.stream(),
                    at,
                    "What the ledger knows of the stream's table was written by another version of Freshet, so that what"
                            + " has happened to the table since cannot be told");
        }
    }

    private void goOnWithout(StreamEntry known, String reason) {
        if (known.status() != StreamStatus.BROKEN) {
            ledger.put(known.broken(ledger.boundary().position(), reason));
        }
    }

    /** Its records go behind all that the topic has, among it what the ledger knows of. */
    private void writeOn(StreamSettings stream) {
        TopicState state = Objects.requireNonNull(states.get(stream.name()));
        topics.put(stream.name(), state.info());
        ends.add(stream.topic(), state.ends().toArray());
    }

    private void stopUnconfigured() {
        for (StreamEntry e : List.copyOf(ledger.streams())) {
            OffsetVector written = ledger.boundary().offsets().get(e.topic());
            boolean configured =
                    settings.streams().stream().anyMatch(s -> s.name().equals(e.stream()));
            if (!configured && e.status() != StreamStatus.STOPPED) {
                ledger.put(e.stopped(ledger.boundary().position(), "it is no longer in the configuration"));
            }
            if (!configured && written != null) {
                // so that a loss is noticed if the stream comes back
                ends.add(e.topic(), written.toArray());
            }
        }
    }

    /** What of the configuration decides keys and content; a change before the point breaks, one behind it re-reads. */
    private static String fingerprint(TableCapture c) {
        return hash(c.table() + '|' + c.key()) + '.' + hash(c.columns().toString());
    }

    private static String identityPart(String fingerprint) {
        return fingerprint.substring(0, fingerprint.indexOf('.'));
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
