package dev.freshet.relay.internal;

import dev.freshet.letters.Choice;
import dev.freshet.letters.Letter;
import dev.freshet.letters.LetterChange;
import dev.freshet.letters.LetterEvents;
import dev.freshet.letters.LetterFilter;
import dev.freshet.letters.LetterHead;
import dev.freshet.letters.Letters;
import dev.freshet.letters.ReadableLetters;
import dev.freshet.letters.Resolution;
import dev.freshet.letters.WaitingLetters;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.event.PublishedEvent;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.port.FencedException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntConsumer;

/** What is done with the dead letters of a source's events: see {@link dev.freshet.relay.RelayLetters}. Belongs to one thread. */
public final class LetterWork implements Letters {
    private static final int TRIES = 10;

    private final RelaySettings settings;
    private final LetterPorts ports;
    private final InstantSource clock;

    /** Creates it; nothing is asked or written yet. */
    public LetterWork(RelaySettings settings, LetterPorts ports, InstantSource clock) {
        this.settings = settings;
        this.ports = ports;
        this.clock = clock;
    }

    @Override
    public int redrive(LetterFilter filter, IntConsumer progress) {
        return withLetters(progress, counted -> (session, reader, waiting) -> {
            Unsent unsent = new Unsent();
            reader.read(Choice.toSend(waiting, filter), letter -> {
                if (!unsent.isBehind(letter.head()) && send(session, letter, unsent)) {
                    session.resolve(letter.head(), Resolution.REDRIVEN);
                    session.commitIfFull(counted);
                }
            });
            int sent = session.end(counted);
            unsent.tell(sent);
            return sent;
        });
    }

    private static boolean send(LetterSession session, Letter letter, Unsent unsent) {
        try {
            session.send(LetterEvents.event(letter), LetterEvents.time(letter), letter.head());
            return true;
        } catch (ConfigurationException e) {
            unsent.add(letter.head(), e);
            return false;
        }
    }

    @Override
    public int discard(LetterFilter filter, IntConsumer progress) {
        return withLetters(progress, counted -> (session, reader, waiting) -> {
            for (LetterHead head : waiting.select(filter).selected()) {
                session.resolve(head, Resolution.DISCARDED);
                session.commitIfFull(counted);
            }
            return session.end(counted);
        });
    }

    @Override
    public void replace(String placeOrId, LetterChange change) {
        withLetters(n -> {}, counted -> (session, reader, waiting) -> {
            LetterHead head = Choice.one(waiting, placeOrId, settings.events().deadLetterTopic());
            reader.read(List.of(head), letter -> {
                PublishedEvent changed = LetterEvents.changed(letter, change);
                session.replace(changed, LetterEvents.time(letter), head, movesKey(letter, change));
            });
            return session.end(counted);
        });
    }

    private static boolean movesKey(Letter letter, LetterChange change) {
        return change.stream().filter(s -> !s.equals(letter.head().stream())).isPresent()
                || change.key().filter(k -> !k.equals(letter.head().keyText())).isPresent();
    }

    private interface Work {
        int on(LetterSession session, ReadableLetters reader, WaitingLetters waiting);
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
            try (ReadableLetters reader = ports.openLetters()) {
                // most of the reading is done before the relay is held up
                reader.waiting();
                try (LetterSession session = LetterSession.open(settings, ports, clock)) {
                    WaitingLetters waiting = reader.waiting();
                    session.knows(waiting);
                    return before + work.apply(counted).on(session, reader, waiting);
                }
            } catch (FencedException e) {
                if (tries == 1) {
                    throw new RetriableException(
                            "A relay of source '" + settings.source() + "' took over meanwhile: call it again", e);
                }
            }
        }
    }
}
