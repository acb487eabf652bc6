package dev.freshet.simulation;

import dev.freshet.letters.LetterPlace;
import dev.freshet.letters.Resolution;
import dev.freshet.model.DeadLetterHeaders;
import dev.freshet.model.EventRecord;
import dev.freshet.model.Names;
import dev.freshet.model.Position;
import dev.freshet.model.event.PublishedEvent;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.simulation.EventTruth.Committed;
import dev.freshet.simulation.SimLog.Rec;
import dev.freshet.simulation.SimLog.Txn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Checks what becomes of the events of a source: in each epoch each one that was committed becomes one record of its stream's
 * topic or one dead letter; a letter that is sent again becomes one record; of a key they stand in the order of their commits; and
 * what is cleared from the outbox table was in a topic before.
 */
final class EventOracle {
    private static final String LETTERS = EventConfig.EVENTS.deadLetterTopic();

    private final EventTruths truths;
    private final SimKafka kafka;
    /** Where an event has come to Kafka, by its id: oldest first. */
    private final Map<UUID, List<Born>> born = new HashMap<>();
    /** The dead letters, by their offsets. */
    private final Map<Long, Letter> letters = new HashMap<>();
    /** The last event of a key in its topic, among those that have come to Kafka in one epoch. */
    private final Map<String, Committed> last = new HashMap<>();

    private final Map<SimLog, Integer> read = new HashMap<>();
    private final Map<SimLog, Position> positions = new HashMap<>();
    /** Behind what the relay takes messages of the log, by epoch. */
    private final Map<Integer, Position> takenFrom = new HashMap<>();
    /** Events that are known to be where they belong, by epoch. */
    private final Map<Integer, Set<UUID>> settled = new HashMap<>();

    private @Nullable Cursor cursor;
    private long events;

    /** A place at which an event has come to Kafka. */
    private record Born(int epoch, String topic, int partition, long offset) {}

    /** A dead letter, and whether it is dealt with. */
    private static final class Letter {
        final EventRecord record;
        boolean resolved;
        boolean discarded;

        Letter(EventRecord record) {
            this.record = record;
        }
    }

    EventOracle(EventTruths truths, SimKafka kafka) {
        this.truths = truths;
        this.kafka = kafka;
        truths.onClear(this::checkCleared);
    }

    /** Returns how many records of events and letters were checked. */
    long events() {
        return events;
    }

    /** Checks what is new in Kafka. */
    void check() {
        Map<Txn, List<EventRecord>> redriven = new HashMap<>();
        fresh(LETTERS, (partition, offset, record, txn) -> letter(offset, record, txn, redriven));
        for (String stream : SimOutbox.STREAMS) {
            fresh(
                    World.topic(stream),
                    (partition, offset, record, txn) -> sent(stream, partition, offset, record, redriven.get(txn)));
        }
        redriven.values().stream().flatMap(List::stream).forEach(r -> {
            throw new Violation("E1: the letter of " + r + " is said to be redriven, and was not sent with that");
        });
        checkLedger();
    }

    private interface Visitor {
        void record(int partition, long offset, EventRecord record, Txn txn);
    }

    /** Visits the committed records of a topic that were not there before; positions rise in each partition. */
    private void fresh(String topic, Visitor visitor) {
        List<SimLog> logs = kafka.topics.getOrDefault(topic, List.of());
        for (int p = 0; p < logs.size(); p++) {
            SimLog log = logs.get(p);
            int end = log.stable();
            for (int at = read.getOrDefault(log, 0); at < end; at++) {
                Rec r = log.records().get(at);
                EventRecord event = r.event();
                if (event == null || !r.committed()) {
                    continue;
                }
                Position before = positions.put(log, event.position());
                if (before != null && !event.position().isAfter(before)) {
                    throw new Violation("I1: " + topic + '-' + p + " has " + event.position() + " behind " + before);
                }
                events++;
                visitor.record(p, at, event, r.txn());
            }
            read.put(log, end);
        }
    }

    private void letter(long offset, EventRecord record, Txn txn, Map<Txn, List<EventRecord>> redriven) {
        String resolves = record.event().headers().get(DeadLetterHeaders.RESOLVES);
        if (resolves == null) {
            letters.put(offset, new Letter(record));
            bear(record, new Born(record.position().epoch(), LETTERS, 0, offset));
            return;
        }
        Letter letter = letters.get(LetterPlace.parse(resolves).offset());
        if (letter == null || letter.resolved) {
            throw new Violation("E1: the letter " + resolves + " is dealt with twice, or there is none");
        }
        letter.resolved = true;
        letter.discarded =
                Resolution.DISCARDED.text().equals(record.event().headers().get(DeadLetterHeaders.RESOLUTION));
        if (!letter.discarded) {
            redriven.computeIfAbsent(txn, t -> new ArrayList<>()).add(letter.record);
        }
    }

    private void sent(
            String stream, int partition, long offset, EventRecord record, @Nullable List<EventRecord> redriven) {
        int epoch = record.position().epoch();
        if (redriven == null) {
            bear(record, new Born(epoch, World.topic(stream), partition, offset));
        } else {
            epoch = take(redriven, record).position().epoch();
        }
        String key = record.event().key();
        Committed event = Objects.requireNonNull(committed(epoch, record));
        if (!event.event().stream().equals(stream)) {
            throw new Violation("E1: " + record + " is in the topic of stream " + stream);
        }
        Committed before = key == null ? null : last.put(epoch + "/" + stream + '/' + key, event);
        if (before != null
                && isFollowed(epoch, before)
                && isFollowed(epoch, event)
                && before.order() >= event.order()) {
            throw new Violation("E2: of the key " + key + " of stream " + stream + " " + text(event) + " stands behind "
                    + text(before) + ", which was committed later");
        }
    }

    /** Finds the letter that a record was, of those that were redriven with it. */
    private static EventRecord take(List<EventRecord> redriven, EventRecord record) {
        for (Iterator<EventRecord> each = redriven.iterator(); each.hasNext(); ) {
            EventRecord letter = each.next();
            if (letter.event().id().equals(record.event().id())) {
                each.remove();
                return letter;
            }
        }
        throw new Violation("E1: " + record + " is sent with what redrives letters, and is none of them");
    }

    /** An event comes to Kafka: once in an epoch, and once more in a later one only if the table still had it. */
    private void bear(EventRecord record, Born at) {
        Committed event = committed(at.epoch(), record);
        if (event == null || !Arrays.equals(event.event().payload(), record.value())) {
            throw new Violation("E1: " + record + " is in " + at + ", and was not committed so");
        }
        List<Born> all = born.computeIfAbsent(event.id(), id -> new ArrayList<>());
        for (Born b : all) {
            if (!isDiscarded(b) && (b.epoch() == at.epoch() || event.isMessage())) {
                throw new Violation("E1: " + text(event) + " is in Kafka twice: " + b + " and " + at);
            }
        }
        all.add(at);
        truths.born(record, event);
    }

    private boolean isDiscarded(Born at) {
        Letter letter = at.topic().equals(LETTERS) ? letters.get(at.offset()) : null;
        return letter != null && letter.discarded;
    }

    private static String text(Committed event) {
        PublishedEvent e = event.event();
        return "event " + e.id() + " (" + e.stream() + '/' + e.key() + ", " + event.kind() + ", "
                + event.tx().lsn() + ")";
    }

    /** Its table may be read of a server that has taken the other's place, before the relay finds that out by the log. */
    private @Nullable Committed committed(int epoch, EventRecord record) {
        Committed event = truths.truth(epoch).of(record.event().id());
        return event == null ? truths.present(epoch).of(record.event().id()) : event;
    }

    private boolean isFollowed(int epoch, Committed event) {
        return truths.truth(epoch).of(event.id()) != null;
    }

    private void checkCleared(Collection<UUID> ids) {
        check();
        for (UUID id : ids) {
            if (!born.containsKey(id)) {
                throw new Violation("E3: event " + id + " was cleared from the outbox table, and is not in Kafka");
            }
        }
    }

    private void checkLedger() {
        SimLog ledger = kafka.ledger.get(0);
        int end = ledger.stable();
        for (int at = read.getOrDefault(ledger, 0); at < end; at++) {
            Rec r = ledger.records().get(at);
            if (r.committed() && LedgerKey.CURSOR.equals(r.key())) {
                checkCursor(LedgerCodec.decodeCursor(Objects.requireNonNull(r.value())));
            }
        }
        read.put(ledger, end);
    }

    /** I2: of a stream that runs, or whose events are dead letters, all that was committed before a boundary is in Kafka. */
    private void checkCursor(Cursor entry) {
        Boundary boundary = entry.boundary();
        StreamEntry lettersEntry = entry.streams().get(Names.DEAD_LETTERS);
        if (boundary == null || lettersEntry == null) {
            return;
        }
        cursor = entry;
        takenFrom.putIfAbsent(entry.epoch(), entry.write());
        Committed missing = missing(entry, boundary.position().lsn(), boundary.offsets());
        if (missing != null) {
            throw new Violation("I2: at the boundary " + boundary.position() + " " + text(missing) + " is in no topic");
        }
    }

    private @Nullable Committed missing(Cursor entry, long lsn, @Nullable Map<String, OffsetVector> below) {
        Set<UUID> known = settled.computeIfAbsent(entry.epoch(), e -> new HashSet<>());
        Position from = Objects.requireNonNull(takenFrom.get(entry.epoch()));
        for (Committed event : truths.truth(entry.epoch()).all()) {
            if (event.tx().endLsn() > lsn) {
                return null;
            }
            if ((event.isMessage() && !event.position().isAfter(from))
                    || !owner(entry, event).status().equals(StreamStatus.RUNNING)
                    || known.contains(event.id())) {
                continue;
            }
            if (born.getOrDefault(event.id(), List.of()).stream().noneMatch(b -> isBelow(b, below))) {
                return event;
            }
            known.add(event.id());
        }
        return null;
    }

    private static StreamEntry owner(Cursor entry, Committed event) {
        StreamEntry own = entry.streams().get(event.event().stream());
        return own == null ? Objects.requireNonNull(entry.streams().get(Names.DEAD_LETTERS)) : own;
    }

    private static boolean isBelow(Born at, @Nullable Map<String, OffsetVector> offsets) {
        if (offsets == null) {
            return true;
        }
        OffsetVector vector = offsets.get(at.topic());
        return vector != null && at.offset() < vector.offset(at.partition());
    }

    /** Returns why not every event is where it belongs, or null if it is. */
    @Nullable
    String unfinished(List<String> configured) {
        Cursor entry = cursor;
        if (entry == null || !entry.streams().keySet().containsAll(configured)) {
            return "the ledger does not know all of " + configured;
        }
        for (StreamEntry stream : entry.streams().values()) {
            if (stream.isOfEvents() && stream.status() != StreamStatus.RUNNING) {
                return "the stream " + stream.stream() + " is " + stream.status() + ": " + stream.trouble();
            }
        }
        if (!truths.isFollowed(entry.epoch())) {
            return "the relay follows another history";
        }
        Committed missing = missing(entry, Long.MAX_VALUE, null);
        return missing == null ? null : text(missing) + " is in no topic";
    }

    /** Returns why a letter of a stream waits that could be sent, or null. */
    @Nullable
    String waiting(Set<String> streams) {
        return letters.values().stream()
                .filter(l -> !l.resolved
                        && streams.contains(l.record.event().headers().get(DeadLetterHeaders.STREAM)))
                .map(l -> l.record + " waits among the dead letters")
                .findFirst()
                .orElse(null);
    }
}
