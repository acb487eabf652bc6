/**
 * What a replica needs of the database that holds its copies: sessions with transactions, the rows in which it remembers its
 * streams, positions and reports, and tables to write and to fill.
 *
 * <p>The ports say what is asked and what must hold while it is answered (which row is locked, what happens in one
 * transaction); what is asked when, and what follows from the answer, is decided above them. So the protocol's model drives
 * the same agents as a server does. {@code postgres} has the adapter. What a database refuses comes out as a {@link
 * dev.freshet.replica.port.StoreException}.
 */
@NullMarked
package dev.freshet.replica.port;

import org.jspecify.annotations.NullMarked;
