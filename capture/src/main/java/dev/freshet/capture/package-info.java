/**
 * Sources of ordered changes, as ports: {@link dev.freshet.capture.Source} and what it opens. The relay knows only these;
 * {@code capture.postgres} is the adapter that tails a PostgreSQL server's log.
 *
 * <p>For the relay, and for those who write another source. Depends on {@code model}; nothing here knows Kafka. A source
 * and what it opens belong to one thread each, except where a method says otherwise.
 */
@NullMarked
package dev.freshet.capture;

import org.jspecify.annotations.NullMarked;
