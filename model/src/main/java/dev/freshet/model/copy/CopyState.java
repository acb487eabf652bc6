package dev.freshet.model.copy;

import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import dev.freshet.model.Token;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a copy stands in one source's history, and so what it answers to a token.
 *
 * @param source the source's name
 * @param system the source's system identifier as the ledger has it; empty before the ledger has been read
 * @param timeline the source's timeline as the ledger has it, from 1
 * @param switches for each former timeline of that system the LSN at which it was left
 * @param epoch the source's epoch
 * @param reached the newest boundary that the copy has passed, or null
 * @param failure since when something is broken so that later tokens never come, or null
 */
public record CopyState(
        String source,
        String system,
        long timeline,
        SortedMap<Long, Long> switches,
        int epoch,
        @Nullable Position reached,
        @Nullable Failure failure) {
    /**
     * What keeps later tokens from ever coming.
     *
     * @param lsn tokens at or above this LSN fail
     * @param reason what happened and what repairs it, in a sentence
     */
    public record Failure(long lsn, String reason) {
        /** Rejects a negative LSN. */
        public Failure {
            Objects.requireNonNull(reason, "reason");
            if (lsn < 0) {
                throw new IllegalArgumentException("The LSN of a failure must not be negative, but is " + lsn);
            }
        }

        /**
         * Returns the failure that concerns every token at or above the position.
         *
         * @param since the position since which something is broken
         * @param epoch the source's epoch now: what broke in an earlier one concerns every token
         */
        public static Failure since(Position since, int epoch, String reason) {
            if (since.epoch() < epoch) {
                return new Failure(0, reason);
            }
            return new Failure(since.ordinal() == 0 && since.sub() == 0 ? since.lsn() : since.lsn() + 1, reason);
        }
    }

    /** Copies the map and rejects a boundary inside a transaction. */
    public CopyState {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(system, "system");
        switches = Collections.unmodifiableSortedMap(new TreeMap<>(switches));
        if (timeline < 1) {
            throw new IllegalArgumentException("A timeline must be 1 or more, but is " + timeline);
        }
        if (reached != null && reached.ordinal() != 0) {
            throw new IllegalArgumentException("A boundary lies outside every transaction, but " + reached
                    + " has the ordinal " + reached.ordinal());
        }
    }

    /** Returns the state of a copy that has not read the source's ledger yet. */
    public static CopyState unknown(String source) {
        return new CopyState(source, "", 1, new TreeMap<>(), 0, null, null);
    }

    /**
     * Returns this state with a failure of the copy itself: every token that it has not reached yet fails.
     *
     * @param reason what happened and what repairs it, in a sentence
     */
    public CopyState failed(String reason) {
        long from = reached == null || reached.epoch() != epoch ? 0 : reached.lsn() + 1;
        Failure earlier = failure != null && failure.lsn() <= from ? failure : new Failure(from, reason);
        return new CopyState(source, system, timeline, switches, epoch, reached, earlier);
    }

    /**
     * Answers a token.
     *
     * <p>It says {@code REACHED} only for a token whose LSN lies in the history that the copy follows: of the same system,
     * and not beyond the switch of any timeline between the token's and the present one.
     */
    public TokenStatus answer(Token token) {
        if (system.isEmpty()) {
            return TokenStatus.notYet(-1, "The copy has not read the ledger of source '" + source + "' yet");
        }
        if (!token.system().equals(system)) {
            return TokenStatus.lost("The token is of system " + token.system() + ", but the source '" + source
                    + "' is system " + system + ": what the token stands for is not in this source's history");
        }
        if (token.timeline() < timeline) {
            TokenStatus lost = lostAtSwitch(token);
            if (lost != null) {
                return lost;
            }
        }
        if (failure != null && token.lsn() >= failure.lsn()) {
            return TokenStatus.broken(failure.reason());
        }
        if (token.timeline() > timeline) {
            return TokenStatus.notYet(
                    -1,
                    "The token is of timeline " + token.timeline() + ", but the ledger of source '" + source
                            + "' is still on timeline " + timeline + ": the relay has not followed the failover yet");
        }
        if (reached == null || reached.epoch() != epoch) {
            return TokenStatus.notYet(
                    -1, "The copy has not reached any boundary of epoch " + epoch + " of source '" + source + "' yet");
        }
        long behind = token.lsn() - reached.lsn();
        return behind <= 0
                ? TokenStatus.REACHED
                : TokenStatus.notYet(
                        behind,
                        "The copy has reached " + Lsn.format(reached.lsn()) + " of source '" + source
                                + "', the token is " + Lsn.format(token.lsn()) + ": " + behind
                                + " bytes of the source's log behind");
    }

    private @Nullable TokenStatus lostAtSwitch(Token token) {
        if (!switches.containsKey(token.timeline())) {
            return TokenStatus.lost(
                    "The token is of timeline " + token.timeline() + ", which is no ancestor of timeline " + timeline
                            + " of source '" + source + "' that the ledger knows");
        }
        for (Map.Entry<Long, Long> left :
                switches.subMap(token.timeline(), timeline).entrySet()) {
            if (token.lsn() > left.getValue()) {
                return TokenStatus.lost("The token is at " + Lsn.format(token.lsn()) + " of timeline "
                        + token.timeline() + ", but source '" + source + "' left timeline " + left.getKey() + " at "
                        + Lsn.format(left.getValue()) + ": what was committed after that was lost in the failover");
            }
        }
        return null;
    }

    /** Returns the switches as text for {@link CopyTables}: {@code timeline:lsn} in decimal, joined by commas. */
    public String switchesText() {
        return switches.entrySet().stream()
                .map(e -> e.getKey() + ":" + e.getValue())
                .collect(Collectors.joining(","));
    }

    /**
     * Reads what {@link #switchesText()} gave.
     *
     * @throws IllegalArgumentException if the text is no such text; the message holds it
     */
    public static SortedMap<Long, Long> parseSwitches(String text) {
        SortedMap<Long, Long> switches = new TreeMap<>();
        if (text.isEmpty()) {
            return switches;
        }
        for (String part : text.split(",", -1)) {
            int colon = part.indexOf(':');
            try {
                switches.put(
                        Long.parseLong(part, 0, Math.max(colon, 0), 10), Long.parseLong(part.substring(colon + 1)));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "Not a list of timelines (expected timeline:lsn,…): '" + text + "'", e);
            }
        }
        return switches;
    }
}
