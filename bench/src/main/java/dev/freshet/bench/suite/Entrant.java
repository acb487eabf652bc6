package dev.freshet.bench.suite;

import dev.freshet.bench.BenchException;
import dev.freshet.bench.contender.Keys;
import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.Latencies;
import dev.freshet.bench.load.Load;
import dev.freshet.bench.load.Span;
import dev.freshet.bench.load.TopicWatch;
import dev.freshet.bench.process.Child;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A candidate in a case: with its slot, its topic, and its JVM while it lives. */
final class Entrant implements AutoCloseable {
    private static final Duration CANARY_LIMIT = Duration.ofSeconds(2);
    private static final Duration DONE_LIMIT = Duration.ofMinutes(5);

    private final Candidate candidate;
    private final Settings settings;
    private final TopicWatch watch;
    private final Path state;
    private @Nullable Child child;

    private Entrant(Candidate candidate, Settings settings, TopicWatch watch, Path state) {
        this.candidate = candidate;
        this.settings = settings;
        this.watch = watch;
        this.state = state;
    }

    /**
     * Sets the scene for a candidate.
     *
     * @param number its number in the case, from 1; its slot and topic are named by it
     */
    static Entrant create(Candidate candidate, int number, Scene scene, boolean snapshot)
            throws SQLException, IOException {
        Servers servers = scene.servers();
        String name = scene.database() + '_' + number;
        Path state = Files.createTempFile("freshet-bench-", ".state");
        if (candidate.scene() == Candidate.Scene.SLOT_AND_TOPIC) {
            BenchTable.execute(scene.source(), "SELECT pg_create_logical_replication_slot('" + name + "', 'pgoutput')");
        }
        if (candidate.scene() != Candidate.Scene.NOTHING) {
            servers.createTopic(name);
        }
        // an offsets file that is empty cannot be read
        Files.delete(state);
        Settings settings = servers.settings(scene.database())
                .with(Keys.TABLE, scene.load().table())
                .with(Keys.PUBLICATION, Scene.PUBLICATION)
                .with(Keys.SLOT, name)
                .with(Keys.TOPIC, name)
                .with(Keys.COPY, "copy_" + number)
                .with(Keys.FILE, state.toString())
                .with(Keys.PRODUCE, Boolean.toString(candidate.writesTopic()))
                .with(Keys.SNAPSHOT, Boolean.toString(snapshot));
        return new Entrant(candidate, settings, TopicWatch.of(servers.kafka().bootstrapServers(), name), state);
    }

    Candidate candidate() {
        return candidate;
    }

    /**
     * Lets a candidate that makes its slot itself do so, in a JVM that ends then: rows are written until two of them have
     * gone through, since those from before the slot do not.
     *
     * @param writer writes rows
     * @param firstCanary the id of the first such row; {@link Scene#CANARIES} are free from there on
     */
    void establish(Load.Writer writer, long firstCanary) throws SQLException {
        if (candidate.scene() == Candidate.Scene.SLOT_AND_TOPIC) {
            return;
        }
        launch();
        begin();
        awaitFlow(writer, firstCanary);
        stop();
        end();
    }

    /**
     * Waits until what is written goes through: rows are written until two of them have.
     *
     * @param writer writes rows
     * @param firstCanary the id of the first such row; {@link Scene#CANARIES} are free from there on
     */
    void awaitFlow(Load.Writer writer, long firstCanary) throws SQLException {
        int through = 0;
        for (int i = 0; through < 2; i++) {
            if (i == Scene.CANARIES) {
                throw new BenchException(candidate.label() + " brought none of " + i + " rows to topic " + topic());
            }
            Map<TopicPartition, Long> from = watch.ends();
            writer.write(firstCanary + i, firstCanary + i);
            through += watch.grows(from, CANARY_LIMIT, this::check) ? 1 : 0;
        }
    }

    /** Launches the JVM. */
    void launch() {
        child = Child.launch(candidate.label(), candidate.program(), candidate.jvmOptions());
    }

    /** The table of its copy, if it makes one. */
    String copy() {
        return settings.get(Keys.COPY);
    }

    /** Lets it work until the rows of all ids from first to last are through, and stops it. */
    Span run(long first, long last, boolean inOrder) {
        Child running = child();
        Map<TopicPartition, Long> from = watch.ends();
        running.start(settings.with(Keys.FIRST, Long.toString(first)).with(Keys.LAST, Long.toString(last)));
        Span span = candidate.writesTopic()
                ? watch.await(from, first, last, inOrder, running::check)
                : running.awaitDone(DONE_LIMIT);
        running.stop();
        return span;
    }

    /** Lets it work until it is {@link #stop}ped. */
    void begin() {
        child().start(settings.with(Keys.FIRST, "1").with(Keys.LAST, "0"));
    }

    /**
     * Lets its JVM write at a steady rate, beside its work.
     *
     * @param latencies names the rows, and is told of their commits
     */
    void writePaced(Latencies latencies, int perSecond) throws IOException {
        Child running = child();
        Path commits = Files.createTempFile("freshet-bench-", ".commits");
        try {
            running.stop();
            running.start(settings.with(Keys.FIRST, Long.toString(latencies.firstId()))
                    .with(Keys.LAST, Long.toString(latencies.firstId() + latencies.rows() - 1))
                    .with(Keys.RATE, Integer.toString(perSecond))
                    .with(Keys.FILE, commits.toString()));
            running.awaitDone(DONE_LIMIT);
            latencies.readCommits(commits);
        } finally {
            Files.delete(commits);
        }
    }

    /** Waits until the rows of all ids from first to last have come to its topic since its ends were these. */
    Span await(Map<TopicPartition, Long> from, long first, long last, boolean inOrder) {
        return watch.await(from, first, last, inOrder, child()::check);
    }

    /** The present ends of its topic. */
    Map<TopicPartition, Long> ends() {
        return watch.ends();
    }

    /** The settings under which another copy is made of its topic. */
    Settings copySettings(String copy) {
        return settings.with(Keys.COPY, copy);
    }

    /** Stops it; the JVM stays. */
    void stop() {
        child().stop();
    }

    /** Throws if it has failed. */
    void check() {
        child().check();
    }

    /** The topic that it writes. */
    String topic() {
        return settings.get(Keys.TOPIC);
    }

    Instant launched() {
        return child().launched();
    }

    /** What the JVM holds just now. */
    Optional<Usage> usage() {
        return child().usage();
    }

    /** The most memory that the JVM has held. */
    OptionalDouble peakMegabytes() {
        return usage().stream().mapToDouble(Usage::peakMegabytes).findFirst();
    }

    /** Ends the JVM. */
    void end() {
        if (child != null) {
            child.close();
            child = null;
        }
    }

    private Child child() {
        if (child == null) {
            throw new IllegalStateException(candidate.label() + " has no JVM");
        }
        return child;
    }

    @Override
    public void close() throws IOException {
        end();
        watch.close();
        Files.deleteIfExists(state);
    }
}
