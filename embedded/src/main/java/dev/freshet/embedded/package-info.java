/**
 * Real Kafka and real PostgreSQL as child processes, for first steps, tests and benchmarks.
 */
@NullMarked
package dev.freshet.embedded;

import org.jspecify.annotations.NullMarked;
