package dev.freshet.direct;

import dev.freshet.model.event.PublishedEvent;
import dev.freshet.outbox.EventChecks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a publisher, put together, and their end. Safe to share between threads. */
final class Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final Duration TABLE_LIMIT = Duration.ofSeconds(10);
    private static final Duration CLIENT_LIMIT = Duration.ofSeconds(2);

    private final DirectSettings settings;
    private final EventLoop loop;
    private final Admin admin;
    private final Room room;
    private final RecentIds recent = new RecentIds();
    private final ParkedKeys parked;
    private final ParkedWatch watch;
    private final KafkaSender sender;
    private final Optional<Keeper> keeper;
    private final Optional<Drain> drain;
    private final Lanes lanes;
    private final Admission admission;
    private final AtomicBoolean closed = new AtomicBoolean();

    Engine(DirectSettings settings, EventChecks checks) {
        this.settings = settings;
        String name = "freshet-direct-" + settings.source();
        KafkaClients clients = new KafkaClients(settings);
        Optional<UndeliveredTable> table =
                settings.undelivered().map(database -> new UndeliveredTable(database, settings.source()));
        Set<String> found = table.map(t -> t.keys(KeptKeys.MOST + 1)).orElse(Set.of());
        Duration delivery = clients.delivery();
        loop = new EventLoop(name, this::broken);
        admin = clients.admin();
        sender = new KafkaSender(clients, new TopicProbe(admin, loop), loop);
        room = new Room(settings.capacityEvents(), settings.capacityBytes());
        parked = new ParkedKeys(settings.parkedLimit());
        LetterTopic topic = new LetterTopic(admin, settings);
        watch = new ParkedWatch(
                new EventLoop(name + "-letters", this::broken), topic, settings, parked, this::tryAgain);
        keeper = table.map(t -> new Keeper(new EventLoop(name + "-keeper", this::broken), t));
        KeptKeys kept = new KeptKeys(loop, keeper, KeptKeys.MOST);
        kept.begin(found);
        EventRecords records = new EventRecords(settings.source());
        lanes = new Lanes(new Lanes.Parts(
                settings,
                loop,
                sender,
                new Letters(topic, settings, sender, records, loop),
                records,
                parked,
                watch,
                keeper,
                kept,
                new Completions(room, parked, ForkJoinPool.commonPool())));
        drain = table.map(
                t -> new Drain(new EventLoop(name + "-drain", this::broken), t, this::refresh, this::accept, delivery));
        admission = new Admission(
                settings,
                checks,
                room,
                parked,
                () -> loop.execute(lanes::spill),
                keeper.isPresent() ? delivery.plus(TABLE_LIMIT) : Duration.ZERO,
                this::whyFull);
    }

    void start() {
        if (settings.parks()) {
            watch.start();
        }
        drain.ifPresent(Drain::start);
    }

    private String whyFull() {
        return settings.parks() && !watch.isKnown()
                ? "it is not known which keys are parked: " + watch.trouble()
                : "Kafka takes none or takes them slower than they come";
    }

    private void tryAgain() {
        loop.execute(lanes::tryAgain);
    }

    /** Has the letters read that others of the source have written, whose keys go behind them. */
    private CompletableFuture<Void> refresh() {
        return settings.parks() ? watch.refresh() : CompletableFuture.completedFuture(null);
    }

    private void accept(List<Entry> entries) {
        if (!loop.execute(() -> lanes.accept(entries))) {
            entries.forEach(lanes::tooLate);
        }
    }

    private void broken(Throwable e) {
        String why = "has failed by an error of its own: " + e + ". Restart the service";
        admission.close(why);
        loop.execute(() -> lanes.abandon("the publisher " + why));
    }

    Admission admission() {
        return admission;
    }

    /** Sends events that have their places; each id once. */
    List<CompletionStage<Outcome>> send(List<Admitted> admitted) {
        String time = EventRecords.time(settings.clock().instant());
        List<CompletionStage<Outcome>> stages = new ArrayList<>();
        List<Entry> entries = new ArrayList<>();
        for (Admitted one : admitted) {
            PublishedEvent event = one.event();
            Entry entry = Entry.published(
                    one, Objects.requireNonNull(settings.topics().get(event.stream())), time);
            CompletionStage<Outcome> stage = entry.outcome.minimalCompletionStage();
            Optional<CompletionStage<Outcome>> before =
                    one.named() ? recent.putIfNew(event.id(), stage) : Optional.empty();
            if (before.isPresent()) {
                admission.release(List.of(one));
            } else {
                entries.add(entry);
            }
            stages.add(before.orElse(stage));
        }
        accept(entries);
        return stages;
    }

    DirectStatus status() {
        return new DirectStatus(
                room.events(),
                room.bytes(),
                lanes.inFlight.get(),
                lanes.retrying(),
                parked.size(),
                drain.map(Drain::kept).orElse(0L));
    }

    /** Sends what there is, keeps what fails, and returns what is neither. */
    List<PublishedEvent> close(Duration limit) {
        if (!closed.compareAndSet(false, true)) {
            return List.of();
        }
        admission.close("is closed");
        drain.ifPresent(Drain::finish);
        CompletableFuture<Boolean> empty = lanes.close();
        List<Entry> left = List.of();
        try {
            boolean ended = ends(empty, limit);
            long began = System.nanoTime();
            if (!ended && keeper.isPresent()) {
                loop.execute(lanes::cutOff);
                ends(empty, TABLE_LIMIT);
            }
            if (drain.isPresent()) {
                drain.get().stop(TABLE_LIMIT.minusNanos(System.nanoTime() - began));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.warn("Interrupted while closing source '{}'; it closes at once", settings.source(), e);
        } finally {
            left = end(limit);
        }
        return left.stream().map(entry -> entry.event).toList();
    }

    private static boolean ends(CompletableFuture<Boolean> empty, Duration limit) throws InterruptedException {
        try {
            return empty.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("Nobody completes it so", e);
        }
    }

    private List<Entry> end(Duration limit) {
        CompletableFuture<List<Entry>> left = new CompletableFuture<>();
        loop.execute(() -> {
            left.complete(lanes.abandon(
                    "the publisher was closed, and Kafka had not taken it within " + limit.toMillis() + " ms"));
            sender.abort();
        });
        List<Entry> events = left.join();
        loop.finishAll();
        keeper.ifPresent(Keeper::stop);
        watch.close();
        admin.close(CLIENT_LIMIT);
        return events;
    }
}
