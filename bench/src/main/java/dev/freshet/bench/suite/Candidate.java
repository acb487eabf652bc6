package dev.freshet.bench.suite;

import dev.freshet.bench.contender.Debezium;
import dev.freshet.bench.contender.DebeziumOutbox;
import dev.freshet.bench.contender.DebeziumSink;
import dev.freshet.bench.contender.DebeziumWay;
import dev.freshet.bench.contender.FreshetLeanWay;
import dev.freshet.bench.contender.FreshetMessageRelay;
import dev.freshet.bench.contender.FreshetOutboxRelay;
import dev.freshet.bench.contender.FreshetPollingRelay;
import dev.freshet.bench.contender.FreshetRelay;
import dev.freshet.bench.contender.FreshetReplica;
import dev.freshet.bench.contender.FreshetServer;
import dev.freshet.bench.contender.FreshetShortOutboxRelay;
import dev.freshet.bench.contender.FreshetWay;
import dev.freshet.bench.contender.RawCopyOut;
import dev.freshet.bench.contender.RawOutboxRead;
import dev.freshet.bench.contender.RawRead;
import dev.freshet.bench.contender.RawRecords;
import dev.freshet.bench.contender.TransactionOutboxService;
import dev.freshet.bench.process.Contender;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;

/**
 * A contender as a case names it.
 *
 * @param label its name in the report
 * @param role what it stands for there
 * @param program what its JVM runs
 * @param jvmOptions that JVM's options
 * @param scene what has to be there before it first starts
 * @param writesTopic whether its work is seen in a topic, else it says itself that it is done
 */
record Candidate(
        String label,
        Role role,
        Class<? extends Contender> program,
        List<String> jvmOptions,
        Scene scene,
        boolean writesTopic) {

    /** As the {@code freshet} script runs it, and the benchmark too: the options of this JVM. */
    private static final List<String> OURS = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(option -> option.startsWith("-X"))
            .toList();

    private static final String DEBEZIUM_WAY = "Debezium Engine 3.6.1 and its JDBC sink 3.6.0";

    /** What a contender stands for. */
    enum Role {
        /** Freshet. */
        OURS,
        /** What the servers allow. */
        LIMIT,
        /** What a user would pick instead, or a further bound. */
        PEER
    }

    /** What has to be there before a contender first starts. */
    enum Scene {
        /** A slot and a topic. */
        SLOT_AND_TOPIC,
        /** A topic; it makes its slot itself. */
        TOPIC,
        /** Nothing; it makes its slot and its topic itself. */
        NOTHING
    }

    static Candidate relay() {
        return new Candidate("Freshet", Role.OURS, FreshetRelay.class, OURS, Scene.NOTHING, true);
    }

    static Candidate way() {
        return new Candidate("Freshet", Role.OURS, FreshetWay.class, OURS, Scene.NOTHING, true);
    }

    static Candidate leanWay() {
        return new Candidate("Freshet, headers: minimal", Role.PEER, FreshetLeanWay.class, OURS, Scene.NOTHING, true);
    }

    static Candidate server() {
        return new Candidate("Freshet", Role.OURS, FreshetServer.class, OURS, Scene.NOTHING, true);
    }

    static Candidate replica() {
        return new Candidate("Freshet's replica", Role.OURS, FreshetReplica.class, OURS, Scene.NOTHING, false);
    }

    static Candidate rawRead() {
        return new Candidate(
                "raw read alone, no Kafka", Role.PEER, RawRead.class, heap(256), Scene.SLOT_AND_TOPIC, false);
    }

    static Candidate rawOutboxRead() {
        return new Candidate(
                "raw read of the log alone, no Kafka",
                Role.PEER,
                RawOutboxRead.class,
                heap(256),
                Scene.SLOT_AND_TOPIC,
                false);
    }

    static Candidate rawReadAndProducer() {
        return new Candidate(
                "raw read with the same producer", Role.LIMIT, RawRead.class, heap(256), Scene.SLOT_AND_TOPIC, true);
    }

    static Candidate rawCopyAndProducer() {
        return new Candidate(
                "raw COPY with the same producer", Role.LIMIT, RawCopyOut.class, heap(256), Scene.TOPIC, true);
    }

    static Candidate debezium() {
        return new Candidate("Debezium Engine 3.6.1", Role.PEER, Debezium.class, heap(2048), Scene.TOPIC, true);
    }

    static Candidate debeziumWay() {
        return new Candidate(DEBEZIUM_WAY, Role.PEER, DebeziumWay.class, heap(2048), Scene.TOPIC, true);
    }

    static Candidate debeziumSink() {
        return new Candidate(DEBEZIUM_WAY, Role.PEER, DebeziumSink.class, heap(2048), Scene.NOTHING, false);
    }

    static Candidate outboxRelay() {
        return new Candidate("Freshet", Role.OURS, FreshetOutboxRelay.class, OURS, Scene.NOTHING, true);
    }

    static Candidate shortOutboxRelay() {
        return new Candidate("Freshet", Role.OURS, FreshetShortOutboxRelay.class, OURS, Scene.NOTHING, true);
    }

    static Candidate pollingRelay() {
        return new Candidate("Freshet, polling", Role.PEER, FreshetPollingRelay.class, OURS, Scene.NOTHING, true);
    }

    static Candidate messageRelay() {
        return new Candidate(
                "Freshet, messages in the log", Role.PEER, FreshetMessageRelay.class, OURS, Scene.NOTHING, true);
    }

    static Candidate debeziumOutbox() {
        return new Candidate(
                "Debezium Engine 3.6.1, outbox event router",
                Role.PEER,
                DebeziumOutbox.class,
                heap(2048),
                Scene.TOPIC,
                true);
    }

    static Candidate transactionOutbox() {
        return new Candidate(
                "transaction-outbox 4.2.268, 16 threads",
                Role.PEER,
                TransactionOutboxService.class,
                heap(2048),
                Scene.TOPIC,
                true);
    }

    static Candidate rawRecords() {
        return new Candidate(
                "the same records by one producer", Role.LIMIT, RawRecords.class, heap(256), Scene.TOPIC, false);
    }

    /** Returns our options but for the heap: what is compared is the programs. */
    static List<String> heap(int megabytes) {
        return Stream.concat(
                        OURS.stream().filter(option -> !option.startsWith("-Xmx")), Stream.of("-Xmx" + megabytes + "m"))
                .toList();
    }
}
