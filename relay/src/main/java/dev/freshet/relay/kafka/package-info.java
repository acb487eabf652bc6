/** The relay's ports on Kafka: transactional producers, topics and the ledger's reading. */
@NullMarked
package dev.freshet.relay.kafka;

import org.jspecify.annotations.NullMarked;
