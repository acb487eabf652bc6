/**
 * A shop of several services on TPC-H data: {@code shop} owns customers, orders and lines, changes them and publishes events;
 * {@code shipping} answers from copies in its own database and keeps the events there; {@code demo} runs both with Freshet
 * between them and proves copies and events.
 *
 * <p>For people who want to see it work, and as code to read. Depends on {@code server}, {@code outbox}, {@code direct} and
 * {@code embedded}.
 */
@NullMarked
package dev.freshet.examples;

import org.jspecify.annotations.NullMarked;
