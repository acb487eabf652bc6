/** What a relay needs of the log that it writes to; {@code relay.kafka} gives it on Kafka. */
@NullMarked
package dev.freshet.relay.port;

import org.jspecify.annotations.NullMarked;
