/**
 * From a source's changes to its topics and its ledger, exactly once: {@link dev.freshet.relay.Relay} is the agent, {@link
 * dev.freshet.relay.RelaySettings} says what it relays, {@link dev.freshet.relay.RelayStatus} what it does.
 *
 * <p>For the server and for services that embed a relay. Depends on {@code model}, {@code capture} and the Kafka client,
 * which only {@code relay.kafka} knows. One thread drives a relay; its status may be read by any.
 */
@NullMarked
package dev.freshet.relay;

import org.jspecify.annotations.NullMarked;
