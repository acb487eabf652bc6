/**
 * The ports of a replica on PostgreSQL, through pgjdbc: sessions, and the rows in which it remembers; {@code write} has the
 * writing of live changes, {@code fill} the tables that are filled.
 *
 * <p>Only SQL and what belongs to it: what is asked when is decided by the agents. Everything but the store belongs to one
 * session's thread.
 */
@NullMarked
package dev.freshet.replica.postgres;

import org.jspecify.annotations.NullMarked;
