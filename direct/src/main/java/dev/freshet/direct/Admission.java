package dev.freshet.direct;

import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.event.PublishedEvent;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.EventChecks;
import dev.freshet.outbox.EventRefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Refuses events, or gives them their places in the queue. Safe to share between threads. */
final class Admission {
    /** What an event costs beside its own bytes, about. */
    private static final int OVERHEAD = 300;

    private final DirectSettings settings;
    private final EventChecks checks;
    private final Room room;
    private final ParkedKeys parked;
    private final Runnable spill;
    private final Duration spillFor;
    private final Supplier<String> whyFull;
    private volatile Optional<String> closed = Optional.empty();

    /**
     * Creates it.
     *
     * @param spill makes room by the table
     * @param spillFor how long that may take; zero if there is none
     * @param whyFull tells why the queue is full, as a part of a sentence
     */
    Admission(
            DirectSettings settings,
            EventChecks checks,
            Room room,
            ParkedKeys parked,
            Runnable spill,
            Duration spillFor,
            Supplier<String> whyFull) {
        this.settings = settings;
        this.checks = checks;
        this.room = room;
        this.parked = parked;
        this.spill = spill;
        this.spillFor = spillFor;
        this.whyFull = whyFull;
    }

    /** Takes all of the events or none. */
    List<Admitted> admit(List<Event> events) {
        closed.ifPresent(why -> {
            throw new FreshetException("The direct publisher of source '" + settings.source() + "' " + why);
        });
        List<Admitted> admitted = new ArrayList<>();
        boolean done = false;
        try {
            for (Event event : events) {
                PublishedEvent encoded = checks.encode(event);
                admitted.add(new Admitted(encoded, bytes(encoded), takePlaceBehind(encoded), event.id() != null));
            }
            takeRoom(admitted);
            done = true;
            return admitted;
        } finally {
            if (!done) {
                admitted.forEach(this::leavePlaceBehind);
            }
        }
    }

    /** Gives the places of events back that are not to be sent. */
    void release(List<Admitted> admitted) {
        admitted.forEach(this::leavePlaceBehind);
        room.give(admitted.size(), bytes(admitted));
    }

    /** Takes no more events. */
    void close(String why) {
        closed = Optional.of(why);
    }

    private boolean takePlaceBehind(PublishedEvent event) {
        if (!settings.parks()) {
            return false;
        }
        ParkedKeys.Admission admission = LaneKey.of(event).map(parked::admit).orElse(ParkedKeys.Admission.FREE);
        if (admission == ParkedKeys.Admission.FULL) {
            throw new EventRefusedException(
                    "The " + event + " is refused: its key has a dead letter in topic '" + settings.deadLetterTopic()
                            + "', and " + settings.parkedLimit()
                            + " events wait behind it, as many as parkedLimit(…) allows: mend what is at fault and run"
                            + " `freshet dlq redrive` or `freshet dlq discard`, or raise parkedLimit(…)",
                    null);
        }
        return admission == ParkedKeys.Admission.BEHIND;
    }

    private void leavePlaceBehind(Admitted admitted) {
        if (admitted.behind()) {
            LaneKey.of(admitted.event()).ifPresent(parked::leave);
        }
    }

    private void takeRoom(List<Admitted> admitted) {
        long bytes = bytes(admitted);
        if (!room.canHold(admitted.size(), bytes)) {
            throw new EventRefusedException(
                    admitted.size() + " events of " + bytes + " bytes are refused: capacity(…) allows "
                            + settings.capacityEvents() + " events of " + settings.capacityBytes()
                            + " bytes; publish fewer at a time, or raise it",
                    null);
        }
        try {
            if (room.take(admitted.size(), bytes, settings.blockFor())) {
                return;
            }
            spill.run();
            if (room.take(admitted.size(), bytes, spillFor)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetriableException("Interrupted while waiting for room for " + names(admitted), e);
        }
        throw new RetriableException("There is no room for " + names(admitted) + " in the queue of source '"
                + settings.source() + "', which holds " + room + ", since " + whyFull.get() + "; waited for "
                + settings.blockFor().plus(spillFor).toMillis()
                + " ms. Try again later, or raise capacity(…) or blockFor(…)"
                + (settings.undelivered().isEmpty() ? ", or have them kept by undelivered(…)" : ""));
    }

    private static String names(List<Admitted> admitted) {
        return admitted.size() == 1
                ? "the " + admitted.get(0).event()
                : admitted.size() + " events, the first " + admitted.get(0).event();
    }

    private static int bytes(PublishedEvent event) {
        int bytes = OVERHEAD
                + event.payload().length
                + (event.key() == null ? 0 : event.key().length());
        for (Map.Entry<String, String> header : event.headers().entrySet()) {
            bytes += header.getKey().length() + header.getValue().length();
        }
        return bytes;
    }

    private static long bytes(List<Admitted> admitted) {
        return admitted.stream().mapToLong(Admitted::bytes).sum();
    }
}
