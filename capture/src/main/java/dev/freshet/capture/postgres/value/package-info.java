/**
 * PostgreSQL's values as JSON: {@link dev.freshet.capture.postgres.value.TypeCatalog} knows the types, a {@link
 * dev.freshet.capture.postgres.value.ValueEncoder} writes a value, a {@link
 * dev.freshet.capture.postgres.value.RowEncoder} a row's value and key. Log and snapshot both use them, so that the same
 * row has the same bytes whichever way it comes.
 *
 * <p>The hot path: encoders work on bytes and make no objects for numbers, times and text. Encoders and the catalog may be
 * used by any thread; a row encoder belongs to one.
 */
@NullMarked
package dev.freshet.capture.postgres.value;

import org.jspecify.annotations.NullMarked;
