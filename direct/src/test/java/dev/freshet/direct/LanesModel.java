package dev.freshet.direct;

import dev.freshet.letters.LetterPlace;
import dev.freshet.model.RecordHeaders;
import dev.freshet.model.RetriableException;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.PublishedEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The lanes of a service that publishes, over simulated tasks, brokers, letters and table, in one thread: whatever is under way is
 * answered in any order, brokers and database are away, answers are lost, and the process ends.
 */
final class LanesModel {
    /** What the ports can be made to do wrong, to see that it is noticed. */
    enum Wrong {
        /** Nothing. */
        NOTHING,
        /** The table says that it has what it has not. */
        KEEP_NOTHING,
        /** The table says of every key that it has no rows. */
        SAY_FREE,
        /** A process that begins does not know which keys have rows. */
        FORGET_ROWS,
        /** It does not wait until the letters of before are read. */
        KNOW_AT_ONCE,
        /** A letter that was written while the letters were read counts as dealt with. */
        FORGET_LETTERS
    }

    private static final String TOPIC = "shop.orders";
    private static final String LETTERS = "shop.letters";
    private static final int KEYS = 3;

    private record Sent(ProducerRecord<byte[], byte[]> record, boolean lasts, KafkaSender.Answer answer) {}

    private final Random random;
    private final Wrong wrong;
    private final boolean bounded;
    /** Whether more keys have rows, at times, than are held. */
    private final boolean fewKept;

    private final Map<UUID, PublishedEvent> published = new HashMap<>();

    private final LanePlaces places = new LanePlaces();
    private final LaneTable table;
    private boolean brokersAway;

    // of the process
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<Runnable> timers = new ArrayList<>();
    private final List<Sent> onTheWay = new ArrayList<>();
    private final List<Entry> drained = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private ParkedKeys parked = new ParkedKeys(1_000);
    private Optional<Set<LetterPlace>> reading = Optional.empty();
    private Map<LetterPlace, LaneKey> read = Map.of();
    private boolean known;
    private Lanes lanes;

    LanesModel(long seed, Wrong wrong) {
        this.random = new Random(seed * 0x9e3779b97f4a7c15L);
        this.wrong = wrong;
        this.bounded = random.nextBoolean();
        this.fewKept = random.nextBoolean();
        this.table = new LaneTable(places, wrong);
        this.lanes = begin();
    }

    /** Begins the process. */
    private Lanes begin() {
        tasks.clear();
        timers.clear();
        onTheWay.clear();
        drained.clear();
        entries.clear();
        parked = new ParkedKeys(1_000);
        reading = Optional.empty();
        known = wrong == Wrong.KNOW_AT_ONCE;
        DirectSettings settings = new DirectSettings(
                "shop",
                Map.of(),
                Map.of("orders", TOPIC),
                InstantSource.fixed(Instant.EPOCH),
                bounded ? Optional.of(Duration.ZERO) : Optional.empty(),
                LETTERS,
                FailedKey.PARK,
                1_000,
                Optional.empty(),
                1_000,
                1 << 20,
                Duration.ZERO,
                Duration.ZERO,
                1 << 20);
        LanePorts.Tasks loop = new LanePorts.Tasks() {
            @Override
            public boolean execute(Runnable task) {
                return tasks.add(task);
            }

            @Override
            public boolean schedule(Runnable task, long nanos) {
                return timers.add(task);
            }
        };
        LanePorts.Records records = new LanePorts.Records() {
            @Override
            public void send(ProducerRecord<byte[], byte[]> record, KafkaSender.Answer answer) {
                onTheWay.add(new Sent(record, event(record).type().equals("refused"), answer));
            }

            @Override
            public void abort() {
                while (!onTheWay.isEmpty()) {
                    Sent sent = onTheWay.remove(0);
                    if (random.nextBoolean() && !sent.lasts()) {
                        write(sent);
                    }
                    tasks.add(() -> sent.answer().given(null, Fault.passing("aborted")));
                }
            }
        };
        EventRecords made = new EventRecords("shop");
        KeptKeys kept = new KeptKeys(loop, Optional.of(table), fewKept ? 1 : KEYS);
        kept.begin(wrong == Wrong.FORGET_ROWS ? Set.of() : places.keysWithRows());
        return new Lanes(new Lanes.Parts(
                settings,
                loop,
                records,
                (entry, why, answer) -> onTheWay.add(new Sent(made.of(entry, LETTERS), false, answer)),
                made,
                parked,
                new LanePorts.LettersRead() {
                    @Override
                    public boolean isKnown() {
                        return known;
                    }

                    @Override
                    public long unknownForNanos() {
                        return 0;
                    }

                    @Override
                    public String trouble() {
                        return "they are not read yet";
                    }
                },
                Optional.of(table),
                kept,
                new Completions(new Room(1_000_000, Long.MAX_VALUE / 2), parked, Runnable::run)));
    }

    private PublishedEvent event(ProducerRecord<byte[], byte[]> record) {
        String id = new String(record.headers().lastHeader(RecordHeaders.ID).value(), StandardCharsets.UTF_8);
        return published.get(UUID.fromString(id));
    }

    /** Does something. */
    void step() {
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> publish();
            case 3, 4, 5, 6 -> answer(random.nextInt(8));
            case 7 -> table.answer(random.nextInt(6));
            case 8 -> drain();
            case 9 -> endDrain();
            case 10, 11 -> readLetters();
            case 12 -> timer();
            case 13 -> away();
            case 14 -> rare();
            default -> task();
        }
        places.check(entries);
    }

    private void rare() {
        switch (random.nextInt(8)) {
            case 0 -> crash();
            case 3, 4 -> {
                if (!brokersAway) {
                    places.redrive(random.nextInt(4) == 0);
                }
            }
            case 1 -> tasks.add(lanes::spill);
            case 2 -> tasks.add(lanes::cutOff);
            default -> tasks.add(lanes::tryAgain);
        }
    }

    private void away() {
        brokersAway = random.nextInt(3) == 0;
        table.away = random.nextInt(3) == 0;
    }

    private void publish() {
        int key = random.nextInt(KEYS + 1);
        PublishedEvent event = new PublishedEvent(
                EventIds.least(Instant.ofEpochMilli(published.size() + 1L)),
                "orders",
                key == KEYS ? null : "k" + key,
                random.nextInt(6) == 0 ? "refused" : "told",
                "text/plain",
                Map.of(),
                new byte[] {1});
        published.put(event.id(), event);
        Entry entry = Entry.published(new Admitted(event, 1, false, true), TOPIC, "");
        entries.add(entry);
        tasks.add(() -> lanes.accept(List.of(entry)));
    }

    private void task() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
    }

    private void timer() {
        if (!timers.isEmpty()) {
            tasks.add(timers.remove(random.nextInt(timers.size())));
        }
    }

    /** The brokers answer, or nobody does; it may be written all the same. */
    private void answer(int how) {
        if (onTheWay.isEmpty()) {
            return;
        }
        Sent sent = onTheWay.remove(random.nextInt(onTheWay.size()));
        if (sent.lasts()) {
            tasks.add(() -> sent.answer().given(null, Fault.lasting("refused", "it is refused")));
            return;
        }
        boolean lost = brokersAway || how == 0;
        RecordMetadata written = !brokersAway && how < 7 ? write(sent) : null;
        tasks.add(() -> {
            if (lost || written == null) {
                sent.answer().given(null, Fault.passing("nobody answers"));
            } else {
                sent.answer().given(written, null);
            }
        });
    }

    private RecordMetadata write(Sent sent) {
        PublishedEvent event = event(sent.record());
        int offset = 0;
        if (sent.record().topic().equals(LETTERS)) {
            offset = places.letter(event);
        } else {
            places.append(event);
        }
        return new RecordMetadata(new TopicPartition(sent.record().topic(), 0), offset, 0, 0, 0, 0);
    }

    /** Takes the oldest rows of some keys, once it is known what is parked. */
    private void drain() {
        if (table.away || !known || !drained.isEmpty() || places.table.isEmpty()) {
            return;
        }
        parked.update(parked.places(), places.waitingKeys());
        Set<String> left = new LinkedHashSet<>();
        for (LanePlaces.Row row : places.table) {
            String key = row.event().key() == null
                    ? row.event().id().toString()
                    : row.event().key();
            if (left.contains(key) || random.nextInt(4) == 0) {
                left.add(key);
            } else {
                drained.add(Entry.drained(row.number(), row.event(), TOPIC, ""));
            }
        }
        List<Entry> taken = List.copyOf(drained);
        tasks.add(() -> lanes.accept(taken));
    }

    /** Deletes the rows that were sent; who takes too long is waited for no more. */
    private void endDrain() {
        boolean patient = random.nextBoolean();
        if (drained.isEmpty() || (patient && drained.stream().anyMatch(e -> !e.outcome.isDone()))) {
            return;
        }
        drained.forEach(e -> e.outcome.completeExceptionally(new RetriableException("not sent in time")));
        Set<Long> gone = drained.stream()
                .filter(e -> !e.outcome.isCompletedExceptionally())
                .map(e -> e.row)
                .collect(Collectors.toSet());
        if (!table.away) {
            places.table.removeIf(row -> gone.contains(row.number()));
        }
        drained.clear();
    }

    /** Begins to read the letters, or ends it. */
    private void readLetters() {
        if (reading.isEmpty()) {
            reading = Optional.of(parked.places());
            read = places.waitingKeys();
            return;
        }
        // what was written meanwhile may have been read, or not
        boolean late = random.nextBoolean();
        parked.update(
                wrong == Wrong.FORGET_LETTERS ? parked.places() : reading.get(), late ? places.waitingKeys() : read);
        reading = Optional.empty();
        if (!known) {
            known = true;
            tasks.add(lanes::tryAgain);
        }
    }

    /** The process ends: what is on its way arrives or does not. */
    private void crash() {
        for (Sent sent : onTheWay) {
            if (random.nextBoolean() && !sent.lasts() && !brokersAway) {
                write(sent);
            }
        }
        table.crash(random);
        lanes = begin();
    }

    /** Goes on without faults until everything is where it belongs. */
    void settle() {
        brokersAway = false;
        table.away = false;
        String unfinished = "";
        for (int round = 0; round < 3_000; round++) {
            for (int due = tasks.size(); due > 0; due--) {
                task();
            }
            timer();
            for (int sent = onTheWay.size(); sent > 0; sent--) {
                answer(3);
            }
            while (table.answer(3)) {
                // all that it was asked for
            }
            drain();
            endDrain();
            readLetters();
            if (round % 50 == 0) {
                places.redrive(false);
            }
            places.check(entries);
            unfinished = unfinished();
            if (unfinished.isEmpty()) {
                return;
            }
        }
        throw new AssertionError("liveness: " + unfinished);
    }

    private String unfinished() {
        long open = entries.stream().filter(entry -> !entry.outcome.isDone()).count();
        return open > 0 ? open + " are open" : places.unfinished().orElse("");
    }
}
