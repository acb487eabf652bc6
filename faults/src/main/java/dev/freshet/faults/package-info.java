/**
 * Seeded faults on the real thing: relay, replicas, Kafka and PostgreSQL as child processes under load, killed with {@code
 * kill -9} at random moments, and a comparison of source and copies row by row at the end.
 *
 * <p>For Freshet's own tests and for those who want to see it survive. Depends on the command, which it starts as a user
 * would, and on the embedded servers.
 */
@NullMarked
package dev.freshet.faults;

import org.jspecify.annotations.NullMarked;
