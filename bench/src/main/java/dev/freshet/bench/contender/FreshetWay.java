package dev.freshet.bench.contender;

import dev.freshet.bench.process.Contender;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import dev.freshet.model.Names;
import dev.freshet.relay.HeaderSet;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;

/** Freshet's whole way in one process: a relay, and a replica that copies its stream. */
public final class FreshetWay implements Contender {
    private static final Duration TOPIC_LIMIT = Duration.ofMinutes(1);
    private static final long PAUSE_NANOS = 5_000_000;

    private final FreshetRelay relay;
    private final FreshetReplica replica = new FreshetReplica();

    /** Creates the contender. */
    public FreshetWay() {
        this(HeaderSet.CLOUDEVENTS);
    }

    FreshetWay(HeaderSet headers) {
        relay = new FreshetRelay(Relayed.rows(headers));
    }

    @Override
    public void start(Settings settings, Signals signals) {
        boolean known = ledgerExists(settings);
        relay.start(settings, signals);
        if (!known) {
            awaitLead();
        }
        replica.start(settings, signals);
    }

    private static boolean ledgerExists(Settings settings) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", settings.get(Keys.KAFKA)))) {
            return admin.listTopics().names().get().contains(Names.ledger(settings.get(Keys.SLOT)));
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka did not list its topics", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while Kafka listed its topics", e);
        }
    }

    /** A replica ends at once if its topic does not exist; one that exists is copied whether the relay leads yet or not. */
    private void awaitLead() {
        long deadline = System.nanoTime() + TOPIC_LIMIT.toNanos();
        while (!relay.leads()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The relay did not lead within " + TOPIC_LIMIT);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    @Override
    public void stop() throws InterruptedException {
        replica.stop();
        relay.stop();
    }
}
