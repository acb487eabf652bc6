package dev.freshet.server.run;

import dev.freshet.capture.Source;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.model.ledger.VanishedKeys;
import dev.freshet.relay.Relay;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.RelayStatus;
import dev.freshet.server.ServerStatus;
import dev.freshet.server.config.SourceConfig;
import dev.freshet.server.config.StreamConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A source and its relay. */
final class SourcePart {
    private final SourceConfig config;
    private final List<StreamConfig> streams;
    private final Part<RunningRelay> part;
    private final SnapshotRates rates;

    SourcePart(
            SourceConfig config,
            List<StreamConfig> streams,
            RelaySettings settings,
            Supplier<? extends Source> sources,
            Duration firstPause,
            Duration longestPause,
            InstantSource clock) {
        this.config = config;
        this.streams = List.copyOf(streams);
        this.rates = new SnapshotRates(clock);
        this.part = new Part<>(
                "Source '" + config.name() + "'",
                () -> new RunningRelay(Relay.start(settings, sources, clock)),
                () -> true,
                firstPause,
                longestPause,
                clock);
    }

    private record RunningRelay(Relay relay) implements Running {
        @Override
        public Instant lastReturn() {
            return relay.lastReturn();
        }

        @Override
        public CompletableFuture<?> ended() {
            return relay.ended();
        }

        @Override
        public void close() {
            relay.close();
        }
    }

    Part<?> part() {
        return part;
    }

    private @Nullable RelayStatus relayStatus() {
        RunningRelay running = part.running();
        return running == null ? null : running.relay().status();
    }

    ServerStatus.SourceStatus status() {
        RelayStatus now = relayStatus();
        if (now == null) {
            String failure = part.failureMessage();
            return new ServerStatus.SourceStatus(
                    config.name(),
                    failure == null ? "stopped" : "failed",
                    failure,
                    null,
                    null,
                    -1,
                    -1,
                    0,
                    0,
                    List.of());
        }
        return new ServerStatus.SourceStatus(
                config.name(),
                now.state().name().toLowerCase(Locale.ROOT),
                now.message(),
                text(now.position()),
                now.completeTo(),
                now.lagBytes(),
                now.retainedWalBytes(),
                now.recordsSent(),
                now.deadLetters(),
                now.alarms());
    }

    /** Returns whether the ledger has the stream, so that its topic is there. */
    boolean knows(String stream) {
        RelayStatus now = relayStatus();
        return now != null && now.streams().stream().anyMatch(e -> e.stream().equals(stream));
    }

    /** Takes note of how far the snapshots are, for their rates; called a few times a second. */
    void observe() {
        RelayStatus now = relayStatus();
        for (StreamEntry entry : now == null ? List.<StreamEntry>of() : now.streams()) {
            SnapshotProgress progress = entry.snapshot();
            if (progress != null && entry.status() == StreamStatus.SNAPSHOTTING) {
                rates.observe(entry.stream(), progress.rowsDone());
            }
        }
    }

    List<ServerStatus.StreamStatus> streamStatus() {
        RelayStatus now = relayStatus();
        Map<String, StreamEntry> entries = new HashMap<>();
        if (now != null) {
            now.streams().forEach(e -> entries.put(e.stream(), e));
        }
        return streams.stream().map(s -> stream(s, entries.get(s.name()))).toList();
    }

    private ServerStatus.StreamStatus stream(StreamConfig stream, @Nullable StreamEntry entry) {
        if (entry == null) {
            return new ServerStatus.StreamStatus(
                    stream.name(),
                    stream.topic(),
                    "waiting",
                    null,
                    null,
                    stream.isOfEvents() ? ServerStatus.Snapshot.none() : new ServerStatus.Snapshot("waiting", -1, -1));
        }
        return new ServerStatus.StreamStatus(
                stream.name(),
                stream.topic(),
                entry.status().text(),
                entry.advice(),
                text(entry.since()),
                snapshot(entry));
    }

    private ServerStatus.Snapshot snapshot(StreamEntry entry) {
        SnapshotProgress progress = entry.snapshot();
        if (entry.isOfEvents()) {
            return entry.status() == StreamStatus.SNAPSHOTTING
                    ? ofBefore(entry, Objects.requireNonNull(progress))
                    : ServerStatus.Snapshot.none();
        }
        return switch (entry.status()) {
            case SNAPSHOTTING -> {
                SnapshotProgress p = Objects.requireNonNull(progress);
                VanishedKeys keys = p.atKeys() ? p.keys() : null;
                yield new ServerStatus.Snapshot(
                        "running",
                        p.rowsDone(),
                        p.rowsEstimated(),
                        p.paused() || keys != null ? 0 : rates.rate(entry.stream()),
                        keys == null ? "rows" : "vanished keys",
                        keys == null ? -1 : keys.percent(),
                        p.paused());
            }
            case RUNNING -> {
                long rows = progress == null ? -1 : progress.rowsDone();
                yield new ServerStatus.Snapshot("done", rows, rows);
            }
            case BROKEN, STOPPED -> new ServerStatus.Snapshot("unknown", -1, -1);
        };
    }

    /** What an outbox table had before its rows came by the log. */
    private ServerStatus.Snapshot ofBefore(StreamEntry entry, SnapshotProgress progress) {
        return new ServerStatus.Snapshot(
                "running", progress.rowsDone(), -1, rates.rate(entry.stream()), "events", -1, false);
    }

    static @Nullable String text(@Nullable Position position) {
        return position == null ? null : position.toString();
    }
}
