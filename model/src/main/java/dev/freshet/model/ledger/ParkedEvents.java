package dev.freshet.model.ledger;

import dev.freshet.model.Position;

/**
 * Events of a key, or of a whole stream, that wait among the dead letters: one that could not be sent, and those behind it.
 *
 * @param letters how many wait
 * @param last the position of the last of them
 */
public record ParkedEvents(long letters, Position last) {}
