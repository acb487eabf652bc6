/**
 * Measurements of Freshet beside the limits of the servers under it and beside the peers that a user would pick instead.
 *
 * <p>For developers of Freshet and for whoever doubts its figures: {@code freshet bench relay}, {@code replica},
 * {@code latency}, {@code outbox} and {@code footprint}. Depends on everything; nothing depends on it. Every figure, its limit and its peers come from the same
 * run on the same embedded servers, every contender works in a JVM of its own with the heap that it would be given, and
 * every case checks that what it timed is also right.
 *
 * <p>Threading: a command runs its cases one after the other in one thread; the contenders are other processes.
 *
 * <p>To add a contender, implement {@link dev.freshet.bench.process.Contender} and name it in a case of
 * {@code dev.freshet.bench.suite}.
 */
@NullMarked
package dev.freshet.bench;

import org.jspecify.annotations.NullMarked;
