/**
 * Long-lived work: an {@link dev.freshet.model.agent.Agent} does bounded pieces, an {@link
 * dev.freshet.model.agent.AgentRunner} adds thread and back-off; tests and the protocol's model drive agents by hand.
 */
@NullMarked
package dev.freshet.model.agent;

import org.jspecify.annotations.NullMarked;
