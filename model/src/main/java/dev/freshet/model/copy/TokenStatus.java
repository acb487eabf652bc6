package dev.freshet.model.copy;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a copy answers to a token.
 *
 * @param kind the answer
 * @param behindBytes for {@link Kind#NOT_YET}, how many bytes of the source's log lie between the copy and the token, or
 *     -1 if the copy has not reached any boundary yet; else 0
 * @param reason for every answer but {@link Kind#REACHED} a sentence; else null
 */
public record TokenStatus(
        Kind kind, long behindBytes, @Nullable String reason) {
    /** The answers. */
    public enum Kind {
        /** The copy has everything that the token stands for. */
        REACHED,
        /** Not yet; asking again helps. */
        NOT_YET,
        /** What the token stands for is in no history of this source that the copy follows; it never comes. */
        LOST,
        /** The copy, or its stream, is broken since a position at or below the token; it comes only after a repair. */
        BROKEN
    }

    /** The answer {@link Kind#REACHED}. */
    public static final TokenStatus REACHED = new TokenStatus(Kind.REACHED, 0, null);

    /** Rejects an answer that contradicts its parts. */
    public TokenStatus {
        Objects.requireNonNull(kind, "kind");
        if ((kind == Kind.REACHED) != (reason == null)) {
            throw new IllegalArgumentException("The answer " + kind + " comes with "
                    + (reason == null ? "no reason" : "the reason '" + reason + "'"));
        }
        if (behindBytes < -1 || (kind != Kind.NOT_YET && behindBytes != 0)) {
            throw new IllegalArgumentException("The answer " + kind + " cannot be " + behindBytes + " bytes behind");
        }
    }

    static TokenStatus notYet(long behindBytes, String reason) {
        return new TokenStatus(Kind.NOT_YET, behindBytes, reason);
    }

    static TokenStatus lost(String reason) {
        return new TokenStatus(Kind.LOST, 0, reason);
    }

    static TokenStatus broken(String reason) {
        return new TokenStatus(Kind.BROKEN, 0, reason);
    }

    /**
     * Returns the worse of this answer and another one to the same token: {@code LOST} before {@code BROKEN} before {@code
     * NOT_YET} before {@code REACHED}, and among those not yet there the one that is farther behind, where -1 is farthest;
     * this one if neither is.
     */
    public TokenStatus worse(TokenStatus other) {
        int difference = other.rank() - rank();
        boolean farther =
                behindBytes >= 0 && (other.behindBytes < 0 || other.behindBytes > behindBytes) && difference == 0;
        return difference > 0 || farther ? other : this;
    }

    private int rank() {
        return switch (kind) {
            case REACHED -> 0;
            case NOT_YET -> 1;
            case BROKEN -> 2;
            case LOST -> 3;
        };
    }

    /** Returns whether the copy has everything that the token stands for. */
    public boolean reached() {
        return kind == Kind.REACHED;
    }

    /** Returns whether asking again cannot help. */
    public boolean isFinal() {
        return kind != Kind.NOT_YET;
    }
}
