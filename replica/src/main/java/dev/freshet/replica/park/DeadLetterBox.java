package dev.freshet.replica.park;

import dev.freshet.model.DeadLetterHeaders;
import dev.freshet.replica.DeadLetterSettings;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.port.RecordException;
import dev.freshet.stream.DeadLetter;
import dev.freshet.stream.DeadLetters;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sends records that a table refuses to the replica's dead-letter topic, with the reason. Belongs to one thread. */
public final class DeadLetterBox implements AutoCloseable {
    private final ReplicaConfig config;
    private final DeadLetterSettings settings;
    private final Function<String, DeadLetters> opener;
    private final InstantSource clock;
    private @Nullable DeadLetters letters;

    /**
     * Creates the box; the topic is not looked at before the first letter.
     *
     * @param opener makes what sends to a topic; closed with the box
     */
    public DeadLetterBox(
            ReplicaConfig config,
            DeadLetterSettings settings,
            Function<String, DeadLetters> opener,
            InstantSource clock) {
        this.config = config;
        this.settings = settings;
        this.opener = opener;
        this.clock = clock;
    }

    /** Returns the topic, and how many keys may be parked. */
    public DeadLetterSettings settings() {
        return settings;
    }

    /**
     * Sends the records that are at fault, and returns once the topic surely has them.
     *
     * @param refused each with what is the matter with it
     * @throws dev.freshet.model.FreshetException if the topic does not take them; some may be there
     * @throws InterruptedException if the thread is interrupted
     */
    public void send(Collection<RecordException> refused) throws InterruptedException {
        DeadLetters to = letters;
        if (to == null) {
            to = opener.apply(settings.topic());
            letters = to;
        }
        to.send(refused.stream().map(this::letter).toList());
    }

    private DeadLetter letter(RecordException why) {
        Map<String, String> headers = new HashMap<>();
        headers.put(DeadLetterHeaders.TOPIC, why.partition().topic());
        headers.put(
                DeadLetterHeaders.PARTITION, Integer.toString(why.partition().number()));
        headers.put(DeadLetterHeaders.OFFSET, Long.toString(why.offset()));
        headers.put(DeadLetterHeaders.REPLICA, config.name());
        headers.put(DeadLetterHeaders.GROUP, config.group());
        String code = why.fault() == null ? null : why.fault().code();
        headers.put(DeadLetterHeaders.ERROR, code == null ? "undecodable" : "refused");
        if (code != null) {
            headers.put(DeadLetterHeaders.SQLSTATE, code);
        }
        headers.put(DeadLetterHeaders.REASON, why.reason());
        headers.put(DeadLetterHeaders.TIME, clock.instant().toString());
        return new DeadLetter(why.partition(), why.offset(), headers);
    }

    /** Closes the connections; they are made again for the next letter. */
    @Override
    public void close() {
        DeadLetters open = letters;
        letters = null;
        if (open != null) {
            open.close();
        }
    }
}
