/**
 * Filling: rows go by COPY into a shadow table, which then takes the place of the table, all in one transaction. Everything here
 * belongs to one session's thread.
 */
@NullMarked
package dev.freshet.replica.postgres.fill;

import org.jspecify.annotations.NullMarked;
