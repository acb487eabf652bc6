package dev.freshet.relay.internal;

import dev.freshet.letters.LetterEvents;
import dev.freshet.letters.LetterHead;
import dev.freshet.letters.Resolution;
import dev.freshet.letters.WaitingLetters;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.EventRecord;
import dev.freshet.model.Names;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.EventRules;
import dev.freshet.model.event.PublishedEvent;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.ParkedEvents;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.port.LedgerContents;
import dev.freshet.relay.port.TopicEnds;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicState;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntConsumer;

/** A time as the source's writer in which dead letters are dealt with, in place of a relay. Belongs to one thread. */
final class LetterSession implements AutoCloseable {
    /** A relay that is held up comes back soon: what is done by then stays done. */
    private static final Duration LONGEST = Duration.ofMillis(500);

    private final RelaySettings settings;
    private final InstantSource clock;
    private final TopicWriter writer;
    private final LedgerState ledger;
    private final LedgerContents contents;
    private final Map<String, TopicState> topics;
    private final TopicEnds ends = new TopicEnds();
    private final Batch batch;
    private final EventIds ids;
    /** By the ledger's keys of what is parked, how many letters wait. */
    private final Map<String, Integer> waiting = new HashMap<>();

    private final Set<String> touched = new HashSet<>();
    private Instant lastCommit;
    private int open;
    private int done;

    private LetterSession(
            RelaySettings settings,
            InstantSource clock,
            TopicWriter writer,
            LedgerState ledger,
            LedgerContents contents,
            Map<String, TopicState> topics) {
        this.settings = settings;
        this.clock = clock;
        this.writer = writer;
        this.ledger = ledger;
        this.contents = contents;
        this.topics = topics;
        this.ids = new EventIds(clock);
        this.lastCommit = clock.instant();
        Map<String, TopicInfo> infos = new HashMap<>();
        topics.forEach((stream, state) -> {
            infos.put(stream, state.info());
            ends.add(state.info().topic(), state.ends().toArray());
        });
        this.batch = new Batch(writer, infos, Set.of());
    }

    /**
     * Fences the source's relay, and goes on from where it was.
     *
     * @throws ConfigurationException if the source has no ledger yet
     */
    static LetterSession open(RelaySettings settings, LetterPorts ports, InstantSource clock) {
        TopicWriter writer = ports.openWriter();
        try (TopicStore store = ports.openStore()) {
            if (store.find("ledger", settings.ledger()).isEmpty()) {
                throw notBegun(settings);
            }
            writer.fence();
            LedgerContents contents = store.readLedger();
            writer.ledgerEndsAt(contents.end());
            Cursor cursor = contents.cursor();
            if (cursor == null || cursor.boundary() == null) {
                throw notBegun(settings);
            }
            Map<String, TopicState> topics = store.look(settings.streams()).streams();
            requireWhole(topics, cursor.boundary());
            if (!topics.containsKey(Names.DEAD_LETTERS)) {
                throw notBegun(settings);
            }
            return new LetterSession(
                    settings,
                    clock,
                    writer,
                    new LedgerState(UUID.randomUUID().toString(), cursor.source(), cursor),
                    contents,
                    topics);
        } catch (RuntimeException e) {
            writer.close();
            throw e;
        }
    }

    /** What is sent now would stand over a loss, so that no later look found it. */
    private static void requireWhole(Map<String, TopicState> topics, Boundary boundary) {
        topics.values().forEach(state -> {
            OffsetVector written = boundary.offsets().get(state.info().topic());
            for (int p = 0;
                    written != null
                            && p < Math.min(written.partitions(), state.info().partitions());
                    p++) {
                if (state.ends().offset(p) < written.offset(p)) {
                    throw new RetriableException("Topic '" + state.info().topic() + "' ends at offset "
                            + state.ends().offset(p) + " in partition " + p + ", but was written up to "
                            + written.offset(p)
                            + ": start the relay, which tells what to do, before letters are dealt with");
                }
            }
        });
    }

    private static ConfigurationException notBegun(RelaySettings settings) {
        return new ConfigurationException("Source '" + settings.source() + "' has no ledger '" + settings.ledger()
                + "', or no dead letters '" + settings.events().deadLetterTopic()
                + "' yet: they are there once its relay has been started with a stream of events");
    }

    /** Says which letters wait. */
    void knows(WaitingLetters letters) {
        letters.all().forEach(head -> waiting.merge(parkedAs(head), 1, Integer::sum));
        touched.addAll(contents.parked().keySet());
    }

    private String parkedAs(LetterHead head) {
        String stream = LedgerKey.parked(head.stream());
        return head.key() == null || contents.parked().containsKey(stream)
                ? stream
                : LedgerKey.parked(head.stream(), head.keyText());
    }

    /**
     * Sends an event that was a letter.
     *
     * @param committedAt when it was committed
     * @throws ConfigurationException if its stream cannot take it
     */
    void send(PublishedEvent event, Instant committedAt, LetterHead letter) {
        StreamSettings stream = settings.streams().stream()
                .filter(s -> s.name().equals(event.stream()) && s.table().isEmpty())
                .findFirst()
                .orElseThrow(() -> cannot(
                        letter,
                        "source '" + settings.source() + "' has no stream of events '" + event.stream()
                                + "': name it under streams, and start the relay once"));
        StreamEntry entry = ledger.stream(event.stream());
        TopicState topic = topics.get(event.stream());
        boolean writable = entry != null
                && topic != null
                && entry.topicId().equals(topic.info().id())
                && (entry.status() == StreamStatus.RUNNING || entry.status() == StreamStatus.SNAPSHOTTING);
        if (!writable) {
            throw cannot(
                    letter,
                    "stream '" + event.stream() + "' takes no records now: "
                            + (entry == null ? "the relay has not begun it" : told(entry)));
        }
        String fault = EventRules.fault(event);
        if (fault != null) {
            throw cannot(letter, fault + " (freshet dlq edit)");
        }
        EventRecord record = new EventRecord(event, next(), committedAt);
        int most = ((StreamSettings.Events) stream.content()).maxMessageBytes();
        if (EventSize.of(record) > most) {
            throw cannot(
                    letter,
                    "it has up to " + EventSize.of(record) + " bytes with all its headers, more than the " + most
                            + " of streams." + event.stream()
                            + ".max-message-size: raise max.message.bytes of topic '" + stream.topic()
                            + "' (kafka-configs.sh --alter), then the setting, and start the relay once; or make it smaller"
                            + " (freshet dlq edit)");
        }
        write(record);
    }

    private static String told(StreamEntry entry) {
        String trouble = entry.trouble();
        return trouble == null ? "its topic is another one, or gone" : trouble;
    }

    private static ConfigurationException cannot(LetterHead letter, String why) {
        return new ConfigurationException("The letter " + letter.place() + " was not sent, since " + why);
    }

    private Position next() {
        return ledger.write().withSub(ledger.write().sub() + 1);
    }

    private void write(EventRecord record) {
        batch.send(record);
        ledger.advanceInside(record.position());
    }

    /** Tells of a letter that it is dealt with. */
    void resolve(LetterHead letter, Resolution resolution) {
        write(new EventRecord(LetterEvents.resolved(letter, resolution, ids.next()), next(), clock.instant()));
        waiting.merge(parkedAs(letter), -1, Integer::sum);
        touched.add(parkedAs(letter));
        open++;
    }

    /**
     * Writes a letter in the place of another.
     *
     * @param moves whether it is for another key or stream
     */
    void replace(PublishedEvent changed, Instant committedAt, LetterHead letter, boolean moves) {
        write(new EventRecord(changed, next(), committedAt));
        resolve(letter, Resolution.REPLACED);
        if (!moves) {
            waiting.merge(parkedAs(letter), 1, Integer::sum);
        }
    }

    /** Ends the batch if it is full. */
    void commitIfFull(IntConsumer progress) {
        boolean full = batch.records() >= settings.batch().records()
                || batch.bytes() >= settings.batch().bytes();
        if (full || clock.instant().isAfter(lastCommit.plus(LONGEST))) {
            commit(progress);
        }
    }

    /** Ends the last batch, and returns how many letters were dealt with. */
    int end(IntConsumer progress) {
        commit(progress);
        return done;
    }

    private void commit(IntConsumer progress) {
        batch.begin();
        writer.flush(ends);
        Map<String, ParkedEvents> parked = contents.parked();
        for (String key : touched) {
            ParkedEvents before = parked.get(key);
            int left = waiting.getOrDefault(key, 0);
            if (before != null && left != before.letters()) {
                ledger.beside(key, left == 0 ? null : LedgerCodec.encode(new ParkedEvents(left, before.last())));
            }
        }
        ledger.writeTo(writer, clock.instant());
        writer.commit();
        ledger.written();
        batch.reset();
        touched.clear();
        lastCommit = clock.instant();
        done += open;
        open = 0;
        progress.accept(done);
    }

    @Override
    public void close() {
        writer.close();
    }
}
