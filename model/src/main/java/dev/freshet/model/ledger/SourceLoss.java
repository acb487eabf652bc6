package dev.freshet.model.ledger;

/**
 * The log cannot be followed any more from the last boundary on: the slot is gone, or the source has become another history.
 * It stands in the cursor until the source has begun anew, since what showed it may pass: a restored server's log grows beyond
 * the cursor.
 *
 * @param reason what happened, what is missing and what helps, in sentences
 * @param mayBeginAnew whether an operator has said that the source is the right one and all its streams are to be read anew
 */
public record SourceLoss(String reason, boolean mayBeginAnew) {
    /** Returns the same loss, after which the source may begin anew. */
    public SourceLoss granted() {
        return new SourceLoss(reason, true);
    }
}
