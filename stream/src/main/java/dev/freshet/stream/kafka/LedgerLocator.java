package dev.freshet.stream.kafka;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.Names;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.stream.LedgerView;
import dev.freshet.stream.StreamLocation;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds ledger, source and stream of a topic, so that a consumer needs to name the topic alone.
 *
 * <p>A ledger that was configured is the only one looked at. Else the derived one comes first ({@code shop.customers} →
 * {@code shop.freshet-ledger}), then every topic whose name ends with {@value Names#LEDGER_SUFFIX}. A ledger is the right
 * one if its cursor names a stream with the topic, also where the topic itself is gone: then the ledger says what the stream
 * is worth. Belongs to one thread.
 */
public final class LedgerLocator {
    private static final int SCAN_LIMIT = 200;

    private final KafkaConnection kafka;
    private final Duration readLimit;
    private final InstantSource clock;

    /**
     * Creates a locator.
     *
     * @param kafka how to reach Kafka
     * @param readLimit how long to read a ledger, such as 10 s
     * @param clock the clock
     */
    public LedgerLocator(KafkaConnection kafka, Duration readLimit, InstantSource clock) {
        this.kafka = kafka;
        this.readLimit = readLimit;
        this.clock = clock;
    }

    /**
     * Finds the stream of a topic.
     *
     * @param topic the topic
     * @param configuredLedger the ledger that the configuration names, or null
     * @throws ConfigurationException if there is none; it says whether the topic exists, where was looked and what to set
     * @throws dev.freshet.model.RetriableException if the brokers cannot be reached for now
     * @throws InterruptedException if the thread is interrupted
     */
    public StreamLocation locate(String topic, @Nullable String configuredLedger) throws InterruptedException {
        Set<String> names;
        try (TopicQueries queries = new TopicQueries(kafka.admin("locator"), readLimit)) {
            names = queries.names();
        }
        List<String> looked = new ArrayList<>();
        for (String ledger : candidates(topic, configuredLedger, names)) {
            Optional<StreamLocation> found = lookInto(ledger, topic, looked);
            if (found.isPresent()) {
                return found.get();
            }
        }
        String where = "Freshet looked into "
                + (looked.isEmpty()
                        ? "no ledger: of the topics that this client may describe, no name ends with '"
                                + Names.LEDGER_SUFFIX + "'; grant DESCRIBE and READ on the ledger of the topic's source"
                        : String.join("; ", looked));
        throw new ConfigurationException(
                names.contains(topic)
                        ? "No ledger names a stream with the topic '" + topic + "'. " + where
                                + ". Is the topic written by a relay of Freshet that has started? If the ledger has"
                                + " another name, set the stream's 'ledger'"
                        : "The topic '" + topic + "' does not exist, or this client may not describe it, and no ledger"
                                + " names it. " + where + ". Correct the name, start the relay that writes it, or grant"
                                + " DESCRIBE and READ");
    }

    private static Set<String> candidates(String topic, @Nullable String configured, Set<String> names) {
        if (configured != null) {
            if (!names.contains(configured)) {
                throw new ConfigurationException("The ledger '" + configured + "' of topic '" + topic
                        + "' does not exist, or this client may not describe it: correct the stream's 'ledger', start the"
                        + " relay that writes it, or grant DESCRIBE and READ");
            }
            return Set.of(configured);
        }
        Set<String> candidates = new LinkedHashSet<>();
        int dot = topic.lastIndexOf('.');
        if (dot > 0 && names.contains(Names.ledger(topic.substring(0, dot)))) {
            candidates.add(Names.ledger(topic.substring(0, dot)));
        }
        new TreeSet<>(names)
                .stream()
                        .filter(name -> name.endsWith(Names.LEDGER_SUFFIX))
                        .limit(SCAN_LIMIT)
                        .forEach(candidates::add);
        return candidates;
    }

    private Optional<StreamLocation> lookInto(String ledger, String topic, List<String> looked)
            throws InterruptedException {
        LedgerView view = new LedgerView(ledger, Set.of(topic), 2, clock);
        try (KafkaLedgerReader reader = KafkaLedgerReader.create(kafka, view, readLimit)) {
            reader.readToEnd(readLimit);
        } catch (ConfigurationException e) {
            // another one may name the topic
            looked.add("'" + ledger + "' (not readable: " + e.getMessage() + ")");
            return Optional.empty();
        }
        Optional<StreamEntry> entry = view.streamOfTopic(topic);
        Optional<Cursor> cursor = view.cursor();
        if (entry.isPresent() && cursor.isPresent()) {
            return Optional.of(new StreamLocation(cursor.get().source().name(), entry.get().stream(), topic, ledger));
        }
        looked.add("'" + ledger + "' "
                + cursor.map(c -> c.streams().isEmpty()
                                ? "(no streams)"
                                : "(streams " + String.join(", ", c.streams().keySet()) + ")")
                        .orElse("(no cursor yet)"));
        return Optional.empty();
    }
}
