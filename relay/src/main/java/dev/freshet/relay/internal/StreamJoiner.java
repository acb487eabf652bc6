package dev.freshet.relay.internal;

import dev.freshet.capture.CapturedStream;
import dev.freshet.capture.Harm;
import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.model.ConfigurationException;
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
import java.util.ArrayList;
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
    private final TopicStore store;
    private final LedgerState ledger;
    private final LedgerContents contents;
    private final TopicGuard guard;
    private final Refusals refusals;
    private final Map<String, TopicInfo> topics = new HashMap<>();
    private final Map<String, String> damages = new HashMap<>();
    private final TopicEnds ends = new TopicEnds();
    private Map<String, TopicState> states = Map.of();
    private final Set<String> muted = new HashSet<>();

    StreamJoiner(
            RelaySettings settings,
            InstantSource clock,
            Source source,
            TopicStore store,
            LedgerState ledger,
            LedgerContents contents,
            TopicGuard guard,
            Refusals refusals) {
        this.settings = settings;
        this.clock = clock;
        this.source = source;
        this.store = store;
        this.ledger = ledger;
        this.contents = contents;
        this.guard = guard;
        this.refusals = refusals;
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
     * @param topicsSeen by stream the topics that exist, looked at after all other writers were fenced
     */
    Joined join(List<CapturedStream> captured, Map<String, String> uncaptured, Map<String, TopicState> topicsSeen) {
        states = topicsSeen;
        List<TopicTrouble> doubts = new ArrayList<>();
        settings.streams().forEach(s -> judge(s, doubts));
        if (!doubts.isEmpty()) {
            throw guard.inDoubt(doubts);
        }
        requireTopicsFit();
        Map<String, String> catalogs = new HashMap<>();
        for (CapturedStream c : captured) {
            String name = c.capture().stream();
            StreamSettings stream = settings.streams().stream()
                    .filter(s -> s.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            StreamEntry known = ledger.stream(name);
            if (known == null) {
                begin(stream, c);
            } else {
                goOn(known, stream, c);
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

    /**
     * Finds out what has become of the topic that the stream was written to.
     *
     * @param doubts takes what may be an error; all streams are judged first, so that their doubts take their time together
     */
    private void judge(StreamSettings stream, List<TopicTrouble> doubts) {
        StreamEntry known = ledger.stream(stream.name());
        if (known == null || !known.topic().equals(stream.topic())) {
            return;
        }
        OffsetVector vector = ledger.boundary().offsets().get(known.topic());
        TopicTrouble trouble = TopicTrouble.of(known, states.get(stream.name()), vector);
        Refusal refusal = refusals.of(known);
        if (trouble != null) {
            boolean certain = !known.status().isClaimed() || guard.isCertain(known.topic(), trouble);
            if (!certain && (refusal == null || !refusal.damaged())) {
                doubts.add(trouble);
            }
            damages.put(stream.name(), trouble.text());
            return;
        }
        guard.whole(known.topic());
        if (refusal != null && refusal.damaged()) {
            damages.put(stream.name(), refusal.reason());
        }
    }

    private void requireTopicsFit() {
        List<String> problems = new ArrayList<>();
        for (StreamSettings s : settings.streams()) {
            StreamEntry known = ledger.stream(s.name());
            // A known topic that is not as the ledger has it breaks its stream alone.
            if (known == null || (known.topic().equals(s.topic()) && !damages.containsKey(s.name()))) {
                TopicState state = states.get(s.name());
                problems.addAll(state == null ? List.of() : state.contradictions());
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(String.join("\n", problems));
        }
    }

    private void begin(StreamSettings stream, CapturedStream captured) {
        // What refused the stream's records was its last topic.
        refusals.begun(stream.name());
        guard.whole(stream.topic());
        TopicState state = states.get(stream.name());
        TopicInfo topic = state == null ? store.create(stream) : state.info();
        for (long end : state == null ? new long[0] : state.ends().toArray()) {
            if (end > 0) {
                throw new ConfigurationException("Topic '" + stream.topic() + "' of stream '" + stream.name()
                        + "' has records that the ledger '" + settings.ledger()
                        + "' does not know: delete the topic, or name another with streams." + stream.name()
                        + ".topic");
            }
        }
        topics.put(stream.name(), topic);
        ends.add(topic.topic(), new long[topic.partitions()]);
        Position at = ledger.boundary().position();
        ledger.put(new StreamEntry(
                stream.name(),
                topic.topic(),
                topic.id(),
                topic.partitions(),
                fingerprint(captured.capture()),
                "",
                StreamStatus.SNAPSHOTTING,
                at,
                null,
                begins() ? SnapshotProgress.first() : SnapshotProgress.first().again()));
        ledger.schema(captured.schema());
    }

    /**
     * Returns whether the log begins behind the tables' capture. Otherwise it may give rows that have gone before it without
     * a row message, in a catalog that nobody has compared with.
     */
    private boolean begins() {
        Cursor last = contents.cursor();
        return last == null || last.boundary() == null;
    }

    private void goOn(StreamEntry known, StreamSettings stream, CapturedStream captured) {
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
        } else if (!identityPart(known.fingerprint()).equals(identityPart(fingerprint(captured.capture())))) {
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
        } else if (known.status() == StreamStatus.STOPPED) {
            ledger.put(known.withFingerprint(fingerprint(captured.capture()))
                    .readAnew(at, "The stream was not captured for a while (" + known.reason() + ")"));
        } else if (!known.fingerprint().equals(fingerprint(captured.capture()))
                && known.status() != StreamStatus.BROKEN) {
            ledger.put(known.withFingerprint(fingerprint(captured.capture()))
                    .readAnew(at, "The columns of the stream were changed in the configuration"));
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
