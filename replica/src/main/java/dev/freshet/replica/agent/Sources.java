package dev.freshet.replica.agent;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.SchemaSource;
import dev.freshet.stream.LedgerReader;
import dev.freshet.stream.MissingSchemaException;
import dev.freshet.stream.StreamLocation;
import dev.freshet.stream.StreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sources of a replica's streams: where they are, and a reader of each one's ledger. For any thread, as the readers are.
 *
 * <p>A stream whose topic no ledger names, such as one whose relay has not begun it, is missing: it is known why, and nothing
 * else can be asked of it. Whoever finds it later has all sources found anew.
 */
public final class Sources implements SchemaSource, AutoCloseable {
    private static final Duration LEDGER_READ_LIMIT = Duration.ofSeconds(30);

    private final Map<String, StreamLocation> byTopic;
    private final Map<String, String> missing;
    private final Map<String, LedgerReader> ledgers;
    private final Map<String, String> ledgerIds = new HashMap<>();
    private final Set<SchemaId> inVain = ConcurrentHashMap.newKeySet();
    private final Duration schemaWait;

    private record SchemaId(String topic, String version) {}

    private Sources(
            Map<String, StreamLocation> byTopic,
            Map<String, String> missing,
            Map<String, LedgerReader> ledgers,
            Duration schemaWait) {
        this.byTopic = byTopic;
        this.missing = missing;
        this.ledgers = ledgers;
        this.schemaWait = schemaWait;
    }

    /**
     * Finds all sources and reads their ledgers to the end.
     *
     * @throws ConfigurationException if no topic has a source
     * @throws RetriableException if the brokers cannot be reached for now
     * @throws InterruptedException if the thread is interrupted
     */
    public static Sources open(ReplicaConfig config, Readers readers) throws InterruptedException {
        return open(config, config.streams(), readers);
    }

    /** Does {@link #open(ReplicaConfig, Readers)} for some of the replica's streams. */
    public static Sources open(ReplicaConfig config, List<StreamTarget> streams, Readers readers)
            throws InterruptedException {
        Map<String, StreamLocation> byTopic = new HashMap<>();
        Map<String, String> missing = new HashMap<>();
        Map<String, Set<String>> topics = new TreeMap<>();
        for (StreamTarget t : streams) {
            try {
                StreamLocation found = readers.locate(t.topic(), t.ledger());
                byTopic.put(t.topic(), found);
                topics.computeIfAbsent(found.ledger(), l -> new HashSet<>()).add(t.topic());
            } catch (ConfigurationException e) {
                missing.put(t.topic(), String.valueOf(e.getMessage()));
                if (missing.size() == streams.size()) {
                    throw e;
                }
            }
        }
        Sources sources =
                new Sources(byTopic, missing, new TreeMap<>(), config.limits().schemaWait());
        try {
            // before they are read: if one is made again in between, its id is found to be another later
            sources.identify(readers, topics.keySet());
            for (Map.Entry<String, Set<String>> e : topics.entrySet()) {
                LedgerReader reader = readers.ledger(e.getKey(), e.getValue());
                sources.ledgers.put(e.getKey(), reader);
                reader.readToEnd(LEDGER_READ_LIMIT);
            }
            return sources;
        } catch (RuntimeException | InterruptedException e) {
            sources.close();
            throw e;
        }
    }

    private void identify(Readers readers, Set<String> names) {
        try (StreamReader questions = readers.alone()) {
            Map<String, String> ids = questions.describe(Set.of(), names).ids();
            for (String name : names) {
                String found = ids.get(name);
                if (found == null) {
                    throw new RetriableException("The ledger '" + name + "' is gone just after it was found; Freshet"
                            + " looks for it again");
                }
                ledgerIds.put(name, found);
            }
        }
    }

    /** Returns the id of the topic from which a ledger is read. */
    public String ledgerId(String ledger) {
        return Objects.requireNonNull(ledgerIds.get(ledger), ledger);
    }

    /** Returns the ledgers' readers by topic. */
    public Map<String, LedgerReader> ledgers() {
        return ledgers;
    }

    /** Returns whether it was found where the stream is; of one that is missing nothing else can be asked. */
    public boolean knows(String topic) {
        return byTopic.containsKey(topic);
    }

    /** Returns why a stream is missing, by its topic; empty if all were found. */
    public Map<String, String> missing() {
        return Map.copyOf(missing);
    }

    /** Returns whether a missing stream is named by one of the ledgers meanwhile, as far as they were read. */
    boolean isNamedByNow(String topic) {
        return missing.containsKey(topic)
                && ledgers.values().stream()
                        .anyMatch(l -> l.view().streamOfTopic(topic).isPresent());
    }

    /** Returns where a stream of the replica is, which is not missing. */
    public StreamLocation location(String topic) {
        return Objects.requireNonNull(byTopic.get(topic), topic);
    }

    private LedgerReader ledger(String topic) {
        return Objects.requireNonNull(ledgers.get(location(topic).ledger()), topic);
    }

    /**
     * {@inheritDoc}
     *
     * <p>It waits for a record once only: one that stands in the same Kafka transaction as the first record that names it is
     * at most a moment late. What comes later is found without waiting: the freshness agent reads the ledgers all the time.
     */
    @Override
    public SchemaRecord schema(String topic, String version) throws InterruptedException {
        SchemaId id = new SchemaId(topic, version);
        try {
            return ledger(topic)
                    .awaitSchema(location(topic).stream(), version, inVain.contains(id) ? Duration.ZERO : schemaWait);
        } catch (MissingSchemaException e) {
            inVain.add(id);
            throw e;
        }
    }

    @Override
    public String newestVersion(String topic) {
        String version = ledger(topic)
                .view()
                .streamOfTopic(topic)
                .map(StreamEntry::schemaVersion)
                .orElse("");
        if (version.isEmpty()) {
            throw new MissingSchemaException("The ledger '" + location(topic).ledger()
                    + "' has no schema of the stream with topic '" + topic + "' yet; its copy waits for it");
        }
        return version;
    }

    /**
     * Returns streams in the order in which their tables are best filled: first those that are missing, which are only looked
     * for, and those whose topic has all rows, then the one whose snapshot is under way, at last those whose snapshot has not
     * begun.
     */
    List<StreamTarget> readiestFirst(Collection<StreamTarget> streams) {
        List<StreamTarget> sorted = new ArrayList<>(streams);
        sorted.sort(Comparator.comparingInt(t -> readiness(t.topic())));
        return sorted;
    }

    private int readiness(String topic) {
        if (!knows(topic)) {
            return -1;
        }
        return !isSnapshotting(topic) ? 0 : snapshotHasBegun(topic) ? 1 : 2;
    }

    private boolean snapshotHasBegun(String topic) {
        SnapshotProgress progress = ledger(topic)
                .view()
                .streamOfTopic(topic)
                .map(StreamEntry::snapshot)
                .orElse(null);
        return progress != null && !progress.resume().isEmpty();
    }

    @Override
    public boolean isSnapshotting(String topic) {
        return ledger(topic)
                .view()
                .streamOfTopic(topic)
                .map(e -> e.status() == StreamStatus.SNAPSHOTTING)
                .orElse(false);
    }

    @Override
    public Optional<String> topicId(String topic) {
        return ledger(topic).view().streamOfTopic(topic).map(StreamEntry::topicId);
    }

    @Override
    public Optional<String> trouble(String topic) {
        return ledger(topic).view().streamOfTopic(topic).map(StreamEntry::trouble);
    }

    @Override
    public void close() {
        ledgers.values().forEach(LedgerReader::close);
    }
}
