package dev.freshet.model.ledger;

/**
 * A column of a stream.
 *
 * @param name the column's name, and the member's name in the JSON value
 * @param type the type as the source writes it, such as {@code numeric(15,2)}, {@code text[]} or {@code public.mood}
 * @param nullable whether the source allows null
 * @param portable whether the type is one of the source's built-in ones, which another database of the kind has too;
 *     the others travel and are stored as text
 */
public record Column(String name, String type, boolean nullable, boolean portable) {}
