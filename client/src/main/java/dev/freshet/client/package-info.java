/**
 * What a service calls over its own JDBC connections alone, with no Kafka: take a token after a commit on the source,
 * await it on a copy, read how fresh the copy is.
 *
 * <p>For services that write a captured table, and for those that read a copy of it. Depends on {@code model} and
 * {@code java.sql} only. {@link dev.freshet.client.Copy} made from a {@code DataSource} may be used by any thread; what is
 * given a {@code Connection} belongs to the connection's thread.
 */
@NullMarked
package dev.freshet.client;

import org.jspecify.annotations.NullMarked;
