/**
 * What a replica remembers in the consumer's database, and the sessions by which it does: which fill a table holds, and for
 * each partition who owns it, up to where it is applied, and why it is stopped.
 */
@NullMarked
package dev.freshet.replica.state;

import org.jspecify.annotations.NullMarked;
