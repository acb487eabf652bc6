package dev.freshet.relay;

import dev.freshet.letters.Letter;
import dev.freshet.letters.LetterChange;
import dev.freshet.letters.LetterEvents;
import dev.freshet.letters.LetterFilter;
import dev.freshet.letters.LetterHead;
import dev.freshet.letters.LetterReader;
import dev.freshet.letters.Resolution;
import dev.freshet.letters.WaitingLetters;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.event.PublishedEvent;
import dev.freshet.relay.internal.LetterSession;
import dev.freshet.relay.port.FencedException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * Deals with the dead letters of a source's events: sends them again, gives them up, or changes them. A running relay of the
 * source is fenced by it, stands by, and takes over again afterwards. Belongs to one thread.
 *
 * <p>What is sent again comes behind all that its topic has, at new positions, and in the same Kafka transaction as the record that
 * tells so and the ledger's entry: each letter is sent once. A key of which no letter waits any more is no longer parked.
 */
public final class RelayLetters {
    private static final int TRIES = 5;

    private final RelaySettings settings;
    private final InstantSource clock;

    /** Creates it; nothing is asked or written yet. */
    public RelayLetters(RelaySettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Sends letters again, in the order of their keys.
     *
     * @param progress is told how many are sent, after each batch
     * @return how many were sent
     * @throws ConfigurationException if one cannot be sent, or would overtake another of its key; nothing of its batch was sent
     * @throws RetriableException if Kafka is away, or a relay took over meanwhile; what {@code progress} was told is sent
     */
    public int redrive(LetterFilter filter, IntConsumer progress) {
        return withLetters(progress, counted -> (session, reader) -> {
            WaitingLetters.Selection selection = reader.waiting().select(filter);
            List<LetterHead> overtaken = selection.overtaken();
            if (!overtaken.isEmpty()) {
                LetterHead first = overtaken.get(0);
                throw new ConfigurationException(
                        "Nothing was sent: letters that wait for longer would be overtaken by later ones"
                                + " of their key, such as " + first.place() + " (key " + first.keyText()
                                + " of stream '"
                                + first.stream() + "'). Redrive all of the key (--stream " + first.stream() + " --key "
                                + first.keyText() + "), or discard what must not be sent");
            }
            reader.read(selection.selected(), letter -> {
                session.send(LetterEvents.event(letter), LetterEvents.time(letter), letter.head());
                session.resolve(letter.head(), Resolution.REDRIVEN);
                session.commitIfFull(counted);
            });
            return session.end(counted);
        });
    }

    /**
     * Gives letters up.
     *
     * @param progress is told how many are given up, after each batch
     * @return how many were
     * @throws RetriableException if Kafka is away, or a relay took over meanwhile; what {@code progress} was told is done
     */
    public int discard(LetterFilter filter, IntConsumer progress) {
        return withLetters(progress, counted -> (session, reader) -> {
            for (LetterHead head : reader.waiting().select(filter).selected()) {
                session.resolve(head, Resolution.DISCARDED);
                session.commitIfFull(counted);
            }
            return session.end(counted);
        });
    }

    /**
     * Puts a changed letter in the place of another.
     *
     * @param placeOrId which one
     * @throws ConfigurationException if there is none, or there are several of that id
     * @throws RetriableException if Kafka is away, or a relay took over meanwhile; nothing was changed
     */
    public void replace(String placeOrId, LetterChange change) {
        withLetters(n -> {}, counted -> (session, reader) -> {
            List<LetterHead> found =
                    reader.waiting().select(LetterFilter.of(placeOrId)).selected();
            if (found.size() != 1) {
                throw new ConfigurationException(
                        found.isEmpty()
                                ? "No letter '" + placeOrId + "' waits in topic '"
                                        + settings.events().deadLetterTopic() + "'"
                                : found.size() + " letters have the id " + placeOrId
                                        + ": name one by its place, such as "
                                        + found.get(0).place());
            }
            reader.read(found, letter -> {
                PublishedEvent changed = LetterEvents.changed(letter, change);
                session.replace(changed, LetterEvents.time(letter), letter.head(), movesKey(letter, change));
            });
            return session.end(counted);
        });
    }

    private static boolean movesKey(Letter letter, LetterChange change) {
        return change.stream().filter(s -> !s.equals(letter.head().stream())).isPresent()
                || change.key().filter(k -> !k.equals(letter.head().keyText())).isPresent();
    }

    private interface Work {
        int on(LetterSession session, LetterReader reader);
    }

    /** Does the work, and goes on with what is left of it if a relay takes over in between: each batch is a whole. */
    private int withLetters(IntConsumer progress, Function<IntConsumer, Work> work) {
        int[] done = new int[1];
        for (int tries = TRIES; ; tries--) {
            int before = done[0];
            IntConsumer counted = n -> {
                done[0] = before + n;
                progress.accept(done[0]);
            };
            try (LetterSession session = LetterSession.open(settings, clock);
                    LetterReader reader =
                            LetterReader.open(settings.events().deadLetterTopic(), settings.kafka(), clock)) {
                session.knows(reader.waiting());
                return before + work.apply(counted).on(session, reader);
            } catch (FencedException e) {
                if (tries == 1) {
                    throw new RetriableException(
                            "A relay of source '" + settings.source() + "' took over meanwhile: call it again", e);
                }
            }
        }
    }
}
