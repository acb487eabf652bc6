/**
 * Seeded faults on the real thing: relays, replicas, Kafka and PostgreSQL as child processes under load, killed with {@code
 * kill -9}, frozen until others have taken over, and cut off from one another. Triggers count every effect on the copies, every
 * claim to be complete is compared with the source, copies of whole transactions are read for torn ones, and all rows are compared at
 * the end.
 *
 * <p>For Freshet's own tests and for those who want to see it survive. Depends on the command, which it starts as a user
 * would, and on the embedded servers.
 */
@NullMarked
package dev.freshet.faults;

import org.jspecify.annotations.NullMarked;
